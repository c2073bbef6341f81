#include "libs/rpc/text.h"

#include <google/protobuf/struct.pb.h>
#include <gtest/gtest.h>

#include "libs/refusal/refusal.h"
#include "libs/rpc/server.h"
#include "libs/rpc/testing/echo_service.pb.h"

namespace tonghu::rpc {
namespace {

using testing::EchoRequest;

constexpr std::string_view kNul("a\0b", 3);

// The field CheckText names, or "".
std::string BadFieldOf(const EchoRequest& request) {
  const absl::Status status = CheckText(request);
  EXPECT_EQ(refusal::Of(status).reason, status.ok() ? "" : "TEXT_MALFORMED");
  return refusal::Of(status).field;
}

TEST(Utf8Test, StrictlyAsTheStandardSays) {
  for (const char* good : {"", "a", "é", "中", "😀", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
                           "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(IsUtf8(good)) << good;
  }
  for (const char* bad :
       {"\x80", "\xff", "\xc0\x80", "\xc1\xbf", "\xc2", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xe4\xb8",
        "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "a\xe4", "\xe4\x41\x80"}) {
    EXPECT_FALSE(IsUtf8(bad));
  }
}

TEST(CleanTextTest, CutsBetweenCharacters) {
  EXPECT_EQ(CleanText("中文字", 7), "中文");
  EXPECT_EQ(CleanText("中文字", 9), "中文字");
  EXPECT_EQ(CleanText("中", 2), "");
  EXPECT_EQ(CleanText("a\xff"
                      "b",
                      9),
            "a?b");
}

TEST(CheckTextTest, FindsBadTextAtAnyDepth) {
  EchoRequest request;
  EXPECT_EQ(BadFieldOf(request), "");
  request.set_text("小明");
  request.mutable_child()->set_photo("\xff\0");  // bytes are no text
  request.add_children()->set_name("好");
  request.add_words("好");
  (*request.mutable_labels())["a"] = "b";
  EXPECT_TRUE(CheckText(request).ok()) << CheckText(request);

  EchoRequest bad = request;
  bad.set_text(std::string(kNul));
  EXPECT_EQ(BadFieldOf(bad), "text");
  bad = request;
  bad.add_words("\xff");
  EXPECT_EQ(BadFieldOf(bad), "words[1]");
  bad = request;
  bad.mutable_child()->set_name("\xff");
  EXPECT_EQ(BadFieldOf(bad), "child.name");
  bad = request;
  bad.add_children()->set_name(std::string(kNul));
  EXPECT_EQ(BadFieldOf(bad), "children[1].name");
  bad = request;
  bad.set_reason("\xff");
  EXPECT_EQ(BadFieldOf(bad), "reason");
}

TEST(CheckTextTest, MapEntriesAreNumberedNotNamed) {
  EchoRequest request;
  (*request.mutable_labels())["张小明"] = "\xff";
  EXPECT_EQ(BadFieldOf(request), "labels[0].value");
  request.clear_labels();
  (*request.mutable_labels())["\xff"] = "x";
  EXPECT_EQ(BadFieldOf(request), "labels[0].key");
}

TEST(CheckTextTest, ATypeThatHoldsItselfIsFollowedToTheEnd) {
  const auto nested = [](const char* text) {
    google::protobuf::Struct outer;
    auto& inner = *(*outer.mutable_fields())["a"].mutable_struct_value();
    (*inner.mutable_fields())["b"].mutable_list_value()->add_values()->set_string_value(text);
    return outer;
  };
  EXPECT_TRUE(CheckText(nested("好")).ok());
  EXPECT_EQ(refusal::Of(CheckText(nested("\xff"))).field,
            "fields[0].value.struct_value.fields[0].value.list_value.values[0].string_value");
}

}  // namespace
}  // namespace tonghu::rpc
