// The pages of docs/ that are made from the protos and the code say what those say now. With
// TONGHU_WRITE_PAGES=1 they are written anew instead of compared.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "libs/rights/table.h"
#include "tonghu/api/v1/method.pb.h"

namespace tonghu {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;

std::string Read(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void ExpectPage(const std::string& name, const std::string& text) {
  const std::filesystem::path path = std::filesystem::path(TONGHU_ROOT) / "docs" / name;
  if (std::getenv("TONGHU_WRITE_PAGES") != nullptr) {
    std::ofstream(path) << text;
    return;
  }
  EXPECT_EQ(Read(path), text) << "docs/" << name << " is out of date: make pages";
}

// All protos of the API, from the descriptor set of the build.
class ApiTest : public testing::Test {
 protected:
  void SetUp() override {
    std::ifstream file(TONGHU_DESCRIPTOR_SET, std::ios::binary);
    google::protobuf::FileDescriptorSet set;
    ASSERT_TRUE(set.ParseFromIstream(&file));
    for (const auto& proto : set.file()) {
      const auto* built = pool_.BuildFile(proto);
      ASSERT_NE(built, nullptr) << proto.name();
      if (absl::StartsWith(built->package(), "tonghu.")) files_.push_back(built);
    }
  }

  void ForEachMethod(const std::function<void(const MethodDescriptor&)>& look) const {
    std::map<std::string, const MethodDescriptor*> methods;
    for (const auto* file : files_) {
      for (int i = 0; i < file->service_count(); ++i) {
        for (int k = 0; k < file->service(i)->method_count(); ++k)
          methods[file->service(i)->method(k)->full_name()] = file->service(i)->method(k);
      }
    }
    ASSERT_GT(methods.size(), 40u);
    for (const auto& [name, method] : methods) look(*method);
  }

  google::protobuf::DescriptorPool pool_;
  std::vector<const google::protobuf::FileDescriptor*> files_;
};

// The options of a pool made at run time hold the rule as unknown bytes: read with the built-in type.
absl::StatusOr<api::v1::MethodRule> RuleOf(const MethodDescriptor& method) {
  google::protobuf::MethodOptions options;
  if (!options.ParseFromString(method.options().SerializeAsString()) || !options.HasExtension(api::v1::rule))
    return absl::NotFoundError(absl::StrCat(method.full_name(), " has no rule"));
  return options.GetExtension(api::v1::rule);
}

TEST_F(ApiTest, EveryMethodSaysWhatItIs) {
  std::string page =
      "# Methods\n\nMade from the protos (`option (tonghu.api.v1.rule)`) by `make pages`; a test "
      "compares.\n\n"
      "| method | kind | resource | permission | the county is in | |\n|---|---|---|---|---|---|\n";
  ForEachMethod([&](const MethodDescriptor& method) {
    const auto rule = RuleOf(method);
    ASSERT_TRUE(rule.ok()) << rule.status();
    EXPECT_FALSE(rule->permission().empty()) << method.full_name();
    EXPECT_FALSE(rule->resource().empty()) << method.full_name();
    std::string more = rule->audited() ? "reading is audited" : "";
    if (rule->has_performer())
      absl::StrAppend(&more, more.empty() ? "" : "; ", "done by `", rule->performer().field(),
                      "`: the caller; others with `", rule->performer().for_others(), "`");
    if (rule->internal()) absl::StrAppend(&more, more.empty() ? "" : "; ", "for services only");
    if (method.server_streaming()) absl::StrAppend(&more, more.empty() ? "" : "; ", "stream of answers");
    if (method.client_streaming()) absl::StrAppend(&more, more.empty() ? "" : "; ", "stream of requests");
    absl::StrAppend(&page, "| `", method.service()->full_name().substr(7), ".", method.name(), "` | ",
                    rule->kind() == api::v1::METHOD_KIND_COMMAND ? "command" : "query", " | ",
                    rule->resource(), " | `", rule->permission(), "` | ",
                    rule->county_field().empty() ? "–" : absl::StrCat("`", rule->county_field(), "`"), " | ",
                    more, " |\n");
  });
  ExpectPage("methods.md", page);
}

// A number or a switch that a caller can leave out: either its presence is known (`optional`), or 0 and
// absent mean the same, which the list below says of each by name.
TEST_F(ApiTest, ZeroIsNotMistakenForAbsent) {
  const std::map<std::string, std::string> zero_means_absent = {
      {"page_size", "the method's default"},
      {"grade", "1 to 12; 0 is refused in a child, and any in a filter"},
      {"class_number", "1 to 99; 0 is refused in a child, and any in a filter"},
      {"shard", "the first shard: all requests that have one need it"},
      {"from_seq", "refused: positions begin at 1"},
      {"seq", "nothing yet: a journal that has no event"},
      {"size_bytes", "refused: an empty file is none"},
      {"validate_only", "no: the file is stored"},
      {"with_leave", "no leave"},
      {"boarding", "not boarding; left alone unless the update mask names it"},
      {"show_ended", "only those that last"},
      {"most_days", "refused: a county allows a day at least"},
      {"duties_excused", "set by the service; ignored in a closure that is announced"},
      {"working", "set by the service; ignored in a closure that is announced"},
      {"answer_days", "7"},
      {"letters_waiting", "set by the service; ignored in a box that is put"},
      {"letters_overdue", "set by the service; ignored in a box that is put"},
      {"waiting", "all letters"},
      {"show_withdrawn", "only those that count"},
      {"version",
       "set by the service, ignored in what a caller puts; of a change: whichever version there is"},
      {"duties_made", "set by the service; ignored in what a caller puts"},
      {"duties_taken_away", "set by the service; ignored in what a caller puts"},
      {"withdrawn", "set by the service; ignored in what a caller puts"},
      {"disabled", "not disabled; set by its own method, ignored in what a caller puts"},
      {"pending", "set by the service; ignored in what a caller puts"},
      {"second_factor", "no: it stays; set by the service in an account"},
      {"unresolved", "resolved ones too"},
      {"hours", "the method's default"},
      {"every", "1: every week or month"},
      {"times", "the duty is not owed"},
      {"days", "before no festival"},
      {"only_uncared", "children whom somebody looks after in another role too"},
      {"max_children", "refused: a limit is at least 1"},
      {"built_in", "set by the service; ignored in what a caller puts"},
  };
  std::set<std::string> found;
  std::set<const Descriptor*> seen;
  const std::function<void(const Descriptor*, const std::string&)> walk = [&](const Descriptor* message,
                                                                              const std::string& from) {
    if (!seen.insert(message).second || !absl::StartsWith(message->full_name(), "tonghu.")) return;
    for (int i = 0; i < message->field_count(); ++i) {
      const FieldDescriptor* field = message->field(i);
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        walk(field->message_type(), from);
      } else if (field->cpp_type() != FieldDescriptor::CPPTYPE_STRING &&
                 field->cpp_type() != FieldDescriptor::CPPTYPE_ENUM && !field->is_repeated() &&
                 !field->has_presence()) {
        EXPECT_TRUE(zero_means_absent.contains(field->name()))
            << field->full_name() << " (from " << from << "): make it optional, or say here what 0 means";
        found.insert(field->name());
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
        EXPECT_TRUE(absl::EndsWith(field->enum_type()->value(0)->name(), "_UNSPECIFIED"))
            << field->full_name() << ": the value 0 must mean that none was given";
      }
    }
  };
  ForEachMethod([&](const MethodDescriptor& method) { walk(method.input_type(), method.name()); });
  for (const auto& [name, meaning] : zero_means_absent)
    EXPECT_TRUE(found.contains(name)) << name << " is in no request any more";
}

// "ROLE_AUDITOR" without its prefix, in small letters.
std::string WordOf(const google::protobuf::EnumDescriptor& of, int value, const char* prefix) {
  const auto* found = of.FindValueByNumber(value);
  EXPECT_NE(found, nullptr) << of.full_name() << " has no " << value;
  return found == nullptr ? "" : absl::AsciiStrToLower(absl::StripPrefix(found->name(), prefix));
}

TEST_F(ApiTest, TheRightsAreListed) {
  const auto& roles = *pool_.FindEnumTypeByName("tonghu.access.v1.Role");
  const auto& classes = *pool_.FindEnumTypeByName("tonghu.api.v1.FieldClass");
  ASSERT_EQ(roles.value_count(), rights::kRoles);
  std::string page =
      "# Rights\n\nMade from libs/rights by `make pages`; a test compares. The local operator may do "
      "everything. What a role's\nrights reach is its area: the class, the school, the county.\n\n"
      "| permission | roles |\n|---|---|\n";
  std::set<std::string> asked;
  ForEachMethod([&](const MethodDescriptor& method) {
    asked.insert(RuleOf(method)->permission());
    if (RuleOf(method)->has_performer()) asked.insert(RuleOf(method)->performer().for_others());
  });
  for (const rights::Permission& row : rights::Permissions()) {
    EXPECT_EQ(asked.erase(std::string(row.name)), 1u) << row.name << " is no method's";
    std::string names;
    for (int role = 1; role < rights::kRoles; ++role) {
      if (!row.roles.Has(static_cast<rights::Role>(role)) ||
          role == static_cast<int>(rights::Role::kLocalOperator))
        continue;
      absl::StrAppend(&names, names.empty() ? "" : ", ", WordOf(roles, role, "ROLE_"));
    }
    absl::StrAppend(&page, "| `", std::string(row.name), "` | ", names, " |\n");
  }
  EXPECT_THAT(asked, testing::IsEmpty()) << "permissions of methods that libs/rights does not have";
  page += "\n| role | sees |\n|---|---|\n";
  for (int role = 1; role < rights::kRoles; ++role) {
    std::string seen;
    for (int one = 1; one < classes.value_count(); ++one) {
      if (rights::SeenBy(static_cast<rights::Role>(role)).Has(static_cast<rights::FieldClass>(one)))
        absl::StrAppend(&seen, seen.empty() ? "" : ", ", WordOf(classes, one, "FIELD_CLASS_"));
    }
    absl::StrAppend(&page, "| ", WordOf(roles, role, "ROLE_"), " | ", seen, " |\n");
  }
  ExpectPage("rights.md", page);
}

// A refusal as the code makes it: its reason, and the sentences that stand in the same statement.
struct Reason {
  std::set<std::string> places;     // "services/pairing"
  std::set<std::string> sentences;  // in Chinese: what is wrong and what to do
  std::set<std::string> codes;      // as the code says it: "NotFound", "kUnavailable"
};

bool IsChinese(const std::string& text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0xE4; });
}

// The status code in a match of kMade below.
std::string CodeOf(const std::smatch& made) {
  static const std::map<std::string, std::string> kCodes = {{"Invalid", "kInvalidArgument"},
                                                            {"NotFound", "kNotFound"},
                                                            {"Precondition", "kFailedPrecondition"},
                                                            {"Exists", "kAlreadyExists"}};
  const std::string by = absl::StrCat(made[1].str(), made[2].str());
  if (const auto found = kCodes.find(by); found != kCodes.end()) return found->second;
  if (made[3].matched) return made[3];
  static const std::regex kCode("StatusCode::(\\w+)");
  std::smatch code;
  const std::string between = made[4];
  return std::regex_search(between, code, kCode) ? code[1].str() : "";
}

// Collects the reasons in one file: literals in capitals that a refusal is made with.
void ReadReasons(const std::string& place, const std::string& code, std::map<std::string, Reason>& reasons) {
  static const std::regex kMade(
      R"re((?:refusal::(Invalid|NotFound|Precondition|Exists|Make)\(|Add(Invalid)\(|StatusCode::(\w+),)([^;"]*?)"([A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+)"((?:[^;"]|"(?:[^"\\]|\\.)*")*);)re");
  static const std::regex kLiteral(R"re("((?:[^"\\]|\\.)*)")re");
  for (std::sregex_iterator made(code.begin(), code.end(), kMade), end; made != end; ++made) {
    Reason& reason = reasons[(*made)[5]];
    reason.places.insert(place);
    reason.codes.insert(CodeOf(*made));
    const std::string rest = (*made)[6];
    std::string sentence;
    for (std::sregex_iterator literal(rest.begin(), rest.end(), kLiteral); literal != end; ++literal) {
      if (IsChinese((*literal)[1])) sentence += (*literal)[1];
    }
    if (!sentence.empty()) reason.sentences.insert(sentence);
  }
}

TEST(ReasonsTest, ThePageListsWhatTheCodeRefusesWith) {
  std::map<std::string, Reason> reasons;
  for (const char* top : {"libs", "services"}) {
    const std::filesystem::path root = std::filesystem::path(TONGHU_ROOT) / top;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
      const std::string name = entry.path().filename();
      if (entry.path().extension() != ".cpp" || absl::StrContains(name, "test")) continue;
      const auto below = std::filesystem::relative(entry.path(), TONGHU_ROOT);
      auto part = below.begin();
      const std::string place = (*part / *std::next(part)).string();
      ReadReasons(place, Read(entry.path()), reasons);
    }
  }
  EXPECT_GT(reasons.size(), 60u);
  // One reason a meaning: what is not there is X_NOT_FOUND, and no other word for it.
  for (const auto& [name, reason] : reasons) EXPECT_FALSE(absl::StartsWith(name, "UNKNOWN_")) << name;
  for (const auto& [name, reason] : reasons)
    EXPECT_EQ(reason.codes.size(), 1u) << name << " has several status codes: two meanings";
  std::string page =
      "# Reasons\n\nEvery refusal has a reason (`google.rpc.ErrorInfo`), the field at fault where there is "
      "one, and a sentence for the officer.\nMade from the code by `make pages`; a test compares. "
      "`X_NOT_FOUND`: this service does not know such an X.\n\n| reason | where | sentence "
      "|\n|---|---|---|\n";
  for (const auto& [name, reason] : reasons) {
    std::string places, sentences;
    for (const std::string& place : reason.places)
      absl::StrAppend(&places, places.empty() ? "" : ", ", place);
    for (const std::string& sentence : reason.sentences)
      absl::StrAppend(&sentences, sentences.empty() ? "" : "<br>", sentence);
    absl::StrAppend(&page, "| `", name, "` | ", places, " | ", sentences, " |\n");
  }
  ExpectPage("reasons.md", page);
}

}  // namespace
}  // namespace tonghu
