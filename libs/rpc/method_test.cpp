// What is read from the rules in the protos.
#include "libs/rpc/method.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/testing/echo.h"

namespace tonghu::rpc {
namespace {

using testing::CountyRequest;
using testing::Described;

class MethodTest : public ::testing::Test {
 protected:
  // "county/id", or the reason and field of the refusal.
  static std::string SubjectIn(const char* method, const CountyRequest& request) {
    const auto made = Method::Of(*Described("tonghu.rpc.testing.CountyService").FindMethodByName(method));
    if (!made.ok()) return std::string(made.status().message());
    const auto subject = made->SubjectOf(request);
    if (subject.ok()) return absl::StrCat(subject->county, "/", subject->resource);
    const refusal::Refusal why = refusal::Of(subject.status());
    return absl::StrCat(why.reason, " ", why.field);
  }
};

TEST_F(MethodTest, TheCountyIsWhereTheRuleSays) {
  CountyRequest request;
  EXPECT_EQ(SubjectIn("ByParent", request), "NAME_MALFORMED parent");
  EXPECT_EQ(SubjectIn("ByName", request), "NAME_MALFORMED child.name");
  EXPECT_EQ(SubjectIn("ByCode", request), "/") << "left to the method";
  request.set_parent("counties/520521");
  request.mutable_child()->set_name("counties/520525/children/a-1");
  request.set_code("520523100");
  EXPECT_EQ(SubjectIn("ByParent", request), "520521/");
  EXPECT_EQ(SubjectIn("ByParentOrPlatform", request), "520521/");
  EXPECT_EQ(SubjectIn("ByName", request), "520525/a-1");
  EXPECT_EQ(SubjectIn("ByCode", request), "520523/");
  request.set_code("counties/520524/schools/s");
  EXPECT_EQ(SubjectIn("ByCode", request), "520524/");
  EXPECT_EQ(SubjectIn("ByParentOrAll", request), "520521/");
  request.set_parent("counties/-");
  EXPECT_EQ(SubjectIn("ByParent", request), "NAME_MALFORMED parent");
  EXPECT_EQ(SubjectIn("ByParentOrAll", request), "/");
  request.set_parent("counties/000000");
  request.mutable_child()->set_name("counties/000000/children/a-1");
  EXPECT_EQ(SubjectIn("ByParent", request), "COUNTY_NOT_FOUND parent");
  EXPECT_EQ(SubjectIn("ByParentOrPlatform", request), "000000/");
  EXPECT_EQ(SubjectIn("ByName", request), "COUNTY_NOT_FOUND child.name");
  request.mutable_child()->set_name("counties/520522/schools/a-1");
  EXPECT_EQ(SubjectIn("ByName", request), "NAME_MALFORMED child.name") << "another collection";
}

}  // namespace
}  // namespace tonghu::rpc
