#include "services/tonghuctl/slips.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonghu::tonghuctl {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(SlipsTest, EachSlipHasWhatItsOwnerTypes) {
  access::v1::BatchCreateAccountsResponse response;
  auto& slip = *response.add_slips();
  slip.set_login("520203-t1");
  slip.set_display_name("<b>赵&\"永华\"");
  slip.set_first_password("K7QM-3XRT-9WPD-4HNC");
  response.add_slips()->set_login("520203-t2");
  const std::string page = SlipsPage(response.slips(), "https://tonghu.example/?a=1&b=2");
  EXPECT_THAT(page, HasSubstr("<b>520203-t1</b>"));
  EXPECT_THAT(page, HasSubstr("<b>520203-t2</b>"));
  EXPECT_THAT(page, HasSubstr("K7QM-3XRT-9WPD-4HNC"));
  EXPECT_THAT(page, HasSubstr("&lt;b&gt;赵&amp;&quot;永华&quot;"));
  EXPECT_THAT(page, HasSubstr("https://tonghu.example/?a=1&amp;b=2"));
  EXPECT_THAT(SlipsPage(response.slips(), ""), Not(HasSubstr("打开")));
}

}  // namespace
}  // namespace tonghu::tonghuctl
