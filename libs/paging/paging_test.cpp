#include "libs/paging/paging.h"

#include <gtest/gtest.h>

#include "libs/refusal/refusal.h"
#include "tonghu/pairing/v1/contact_service.pb.h"
#include "tonghu/pairing/v1/pairing_service.pb.h"

namespace tonghu::paging {
namespace {

constexpr char kScope[] = "children 520324";

std::string Token(const std::string& scope) { return PageIn(scope, 0, "", 1000)->TokenAfter("a-1"); }
std::string ReasonOf(const absl::Status& status) { return refusal::Of(status).reason; }

TEST(PagingTest, TokensGoRound) {
  EXPECT_EQ(PageIn(kScope, 0, Token(kScope), 1000)->after, "a-1");
  EXPECT_EQ(PageIn(kScope, 0, "", 1000)->after, "");
  const std::string longest(63, 'x');
  const std::string token = PageIn(kScope, 0, "", 1000)->TokenAfter(longest);
  EXPECT_EQ(PageIn(kScope, 0, token, 1000)->after, longest);
}

TEST(PagingTest, ATokenThatWasNotGivenIsRefused) {
  const std::string token = Token(kScope);
  for (const std::string& bad : {std::string("garbage"), std::string("a-1"), token.substr(1), token + "AA",
                                 std::string("' OR 1=1"), std::string(5000, 'A'), Token("children 520203")}) {
    EXPECT_EQ(ReasonOf(PageIn(kScope, 0, bad, 1000).status()), "PAGE_TOKEN_MALFORMED") << bad;
  }
}

TEST(PagingTest, SizesAreBounded) {
  EXPECT_EQ(PageIn(kScope, 0, "", 1000)->size, 100);
  EXPECT_EQ(PageIn(kScope, 7, "", 1000)->size, 7);
  EXPECT_EQ(PageIn(kScope, 2147483647, "", 500)->size, 500);
  EXPECT_EQ(ReasonOf(PageIn(kScope, -1, "", 1000).status()), "PAGE_SIZE_NEGATIVE");
}

TEST(PagingTest, ATokenIsBoundToTheListAndAllItsFilters) {
  pairing::v1::ListPairingsRequest request;
  request.set_parent("counties/520521");
  request.set_page_size(3);
  request.set_page_token(PageOf(request, "")->TokenAfter("a-1"));
  EXPECT_EQ(PageOf(request, "")->after, "a-1");
  request.set_page_size(5);
  EXPECT_EQ(PageOf(request, "")->after, "a-1") << "the size is no filter";
  pairing::v1::ListContactsRequest contacts;
  contacts.set_parent(request.parent());
  contacts.set_page_token(request.page_token());
  EXPECT_EQ(ReasonOf(PageOf(contacts, "").status()), "PAGE_TOKEN_MALFORMED") << "another list";
  request.set_show_ended(true);
  EXPECT_EQ(ReasonOf(PageOf(request, "").status()), "PAGE_TOKEN_MALFORMED") << "another filter";
}

}  // namespace
}  // namespace tonghu::paging
