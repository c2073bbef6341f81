#include "libs/rpc/children.h"

#include <gmock/gmock.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/wrappers.pb.h>

namespace tonghu::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::set<std::string> ChildrenIn(const google::protobuf::Message& message) {
  std::set<std::string> ids;
  AddChildren(message, ids);
  return ids;
}

TEST(Children, AreFoundHoweverDeepAndOnce) {
  google::protobuf::Struct message;
  auto& fields = *message.mutable_fields();
  fields["counties/520521/children/of-a-key"].set_bool_value(true);
  auto& list = *fields["list"].mutable_list_value();
  list.add_values()->set_string_value("counties/520521/children/b");
  list.add_values()->set_string_value("counties/520522/children/a");
  (*list.add_values()->mutable_struct_value()->mutable_fields())["deep"].set_string_value(
      "counties/520521/children/b");
  EXPECT_THAT(ChildrenIn(message), ElementsAre("a", "b", "of-a-key"));
}

TEST(Children, NothingElseIsTakenForOne) {
  google::protobuf::StringValue message;
  for (const char* text :
       {"", "counties/520521/children/", "counties/520521/schools/a", "counties/52052x/children/a", "a",
        "see counties/520521/children/a", "counties/520521/children/a b", "counties/520521/children/a/b",
        "countries520521/children/a"}) {
    message.set_value(text);
    EXPECT_THAT(ChildrenIn(message), IsEmpty()) << text;
  }
}

}  // namespace
}  // namespace tonghu::rpc
