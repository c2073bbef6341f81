// Every text of the API and of events has a class of personal data, or was looked at and needs none: what is
// new is refused until somebody has decided.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "tonghu/api/v1/method.pb.h"

namespace tonghu {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// tests/repo/no_field_class.txt: "pairing.v1.Pairing.line", or "*.name" and "*_id" for all fields named so.
class Decided {
 public:
  Decided() {
    std::ifstream file(TONGHU_ROOT "/tests/repo/no_field_class.txt");
    for (std::string line; std::getline(file, line);) {
      if (!line.empty() && line[0] != '#') used_[line] = false;
    }
  }
  bool Has(const FieldDescriptor& field) {
    const std::string name(absl::StripPrefix(field.full_name(), "tonghu."));
    bool found = false;
    for (auto& [decided, used] : used_) {
      const bool fits = decided[0] == '*' ? absl::EndsWith(name, decided.substr(1)) : name == decided;
      used |= fits;
      found |= fits;
    }
    return found;
  }
  std::set<std::string> Unused() const {
    std::set<std::string> unused;
    for (const auto& [decided, used] : used_) {
      if (!used) unused.insert(decided);
    }
    return unused;
  }

 private:
  std::map<std::string, bool> used_;  // by line: whether a field is meant
};

bool HasClass(const FieldDescriptor& field) {
  // The options of a pool made at run time hold the class as unknown bytes: read with the built-in type.
  google::protobuf::FieldOptions options;
  return options.ParseFromString(field.options().SerializeAsString()) &&
         options.GetExtension(api::v1::field_class) != api::v1::FIELD_CLASS_UNSPECIFIED;
}

// Messages that leave a service: those of the API and of events. Forms are no data, what is stored stays
// inside.
bool Leaves(const std::string& package) {
  return absl::StartsWith(package, "tonghu.") && package != "tonghu.api.v1" && package != "tonghu.forms.v1" &&
         !absl::StrContains(package, ".stored.");
}

TEST(FieldsTest, EveryTextHasAClassOrNeedsNone) {
  std::ifstream file(TONGHU_DESCRIPTOR_SET, std::ios::binary);
  google::protobuf::FileDescriptorSet set;
  ASSERT_TRUE(set.ParseFromIstream(&file));
  google::protobuf::DescriptorPool pool;
  Decided decided;
  int texts = 0, classed = 0;
  const std::function<void(const Descriptor&)> look = [&](const Descriptor& message) {
    for (int i = 0; i < message.nested_type_count(); ++i) look(*message.nested_type(i));
    for (int i = 0; i < message.field_count(); ++i) {
      const FieldDescriptor& field = *message.field(i);
      if (field.cpp_type() != FieldDescriptor::CPPTYPE_STRING) continue;
      ++texts;
      const bool has = HasClass(field), needs_none = decided.Has(field);
      classed += has;
      EXPECT_TRUE(has || needs_none)
          << field.full_name()
          << " has no field_class: give it one, or say in tests/repo/no_field_class.txt why it needs none";
      EXPECT_FALSE(has && needs_none) << field.full_name() << " has a class, and needs none";
    }
  };
  for (const auto& proto : set.file()) {
    const auto* built = pool.BuildFile(proto);
    ASSERT_NE(built, nullptr) << proto.name();
    for (int i = 0; Leaves(built->package()) && i < built->message_type_count(); ++i)
      look(*built->message_type(i));
  }
  EXPECT_GT(texts, 400);
  EXPECT_GT(classed, 10);
  EXPECT_THAT(decided.Unused(), testing::IsEmpty()) << "no field has these names any more";
}

}  // namespace
}  // namespace tonghu
