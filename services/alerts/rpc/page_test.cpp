#include "services/alerts/rpc/page.h"

#include <gtest/gtest.h>

namespace tonghu::alerts {
namespace {

TEST(PageTest, TokensAreBoundToTheirFilters) {
  v1::ListAlertsRequest request;
  request.set_parent("counties/520521");
  EXPECT_EQ(*TokenStart(request), "");
  request.set_page_token(TokenAfter(request, "a-1"));
  EXPECT_EQ(*TokenStart(request), "a-1");
  request.set_state(v1::ALERT_STATE_OPEN);
  EXPECT_FALSE(TokenStart(request).ok());
  for (const char* token : {"x", "0000000000000000-a", "'; DROP TABLE alert; --"}) {
    request.set_page_token(token);
    EXPECT_FALSE(TokenStart(request).ok()) << token;
  }
}

TEST(PageTest, SizesAreBounded) {
  v1::ListAlertsRequest request;
  EXPECT_EQ(*PageSize(request), 100);
  request.set_page_size(100000);
  EXPECT_EQ(*PageSize(request), 500);
  request.set_page_size(-1);
  EXPECT_FALSE(PageSize(request).ok());
}

}  // namespace
}  // namespace tonghu::alerts
