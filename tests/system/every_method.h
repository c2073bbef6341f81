// Requests about the first child for every method, and what is expected of whom, for tests of who may do
// what.
#pragma once

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/rights/table.h"
#include "tests/system/rights_fixture.h"
#include "tonghu/api/v1/method.pb.h"

namespace tonghu::system_test {

using api::v1::MethodRule;
using api::v1::Target;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;
using nlohmann::json;
using rights::Role;

// The options of a pool made at run time hold the rule as unknown bytes: read with the built-in type.
inline MethodRule RuleOf(const MethodDescriptor& method) {
  google::protobuf::MethodOptions options;
  options.ParseFromString(method.options().SerializeAsString());
  return options.GetExtension(api::v1::rule);
}

inline std::string Short(const MethodDescriptor& method) {
  return absl::StrCat(method.service()->name(), ".", method.name());
}

// Sets the field at a path in a request's JSON, in a message of that type; of a repeated field, its one
// element.
inline void Set(json& request, const Descriptor& type, std::vector<std::string> path, const json& value) {
  const FieldDescriptor* field = type.FindFieldByName(path.front());
  ASSERT_NE(field, nullptr) << type.full_name() << " " << path.front();
  json& at = request[field->json_name()];
  if (field->is_repeated() && at.is_null()) at = json::array({json()});
  json& here = field->is_repeated() ? at[0] : at;
  path.erase(path.begin());
  if (path.empty()) {
    here = value;
  } else {
    Set(here, *field->message_type(), path, value);
  }
}

class EveryMethodTest : public RightsTest {
 protected:
  // A name in a collection of what the first child has.
  static std::string NameIn(const std::string& collection) {
    static const std::map<std::string, std::string> kept = {
        {"children", "child1"},        {"pairings", "pairing1"}, {"duties", "duty1"},
        {"contacts", "contact1"},      {"alerts", "alert1"},     {"staffMembers", "teacher1"},
        {"whisperLetters", "letter1"}, {"doubts", "doubt1"}};
    if (const auto found = kept.find(collection); found != kept.end()) return Kept(found->second);
    return absl::StrCat("counties/", kCounty, "/", collection, "/", collection == "schools" ? "S1" : "you");
  }

  // A closure of the first child's school; each of other days.
  static std::string NewClosure() {
    static int days = 0;
    return AsOperator("pairing.ClosureService.CreateClosure",
                      {{"parent", absl::StrCat("counties/", kCounty)},
                       {"closure",
                        {{"division", NameIn("schools")},
                         {"firstDay", "2026-11-02"},
                         {"lastDay", absl::FormatCivilTime(absl::CivilDay(2026, 11, 2) + days++)},
                         {"reason", "停电"}}}})["name"];
  }

  static std::string CountyText(const MethodRule& rule) {
    switch (rule.county_form()) {
      case api::v1::COUNTY_FORM_NAME:
      case api::v1::COUNTY_FORM_NAME_OR_PLATFORM:
        return NameIn(rule.county_collection().empty() ? rule.resource() : rule.county_collection());
      case api::v1::COUNTY_FORM_CODE:
        return kCounty;
      default:
        return absl::StrCat("counties/", kCounty);
    }
  }

  static void SetTarget(const MethodDescriptor& method, const MethodRule& rule, const Target& target,
                        json& request) {
    std::vector<std::string> path = absl::StrSplit(target.field(), '.');
    const auto set = [&](const json& value) { Set(request, *method.input_type(), path, value); };
    switch (target.kind()) {
      case api::v1::TARGET_KIND_CHILD:
        return set(Kept("child1"));
      case api::v1::TARGET_KIND_CLASS:
        set(NameIn("schools"));
        path.back() = "grade";
        set(3);
        path.back() = "class_number";
        return set(1);
      case api::v1::TARGET_KIND_SCHOOL:
      case api::v1::TARGET_KIND_IN_SCHOOL:
      case api::v1::TARGET_KIND_DIVISION:
        return set(NameIn("schools"));
      case api::v1::TARGET_KIND_RESOURCE:
        return set(NameIn(rule.county_collection().empty() ? rule.resource() : rule.county_collection()));
      case api::v1::TARGET_KIND_ACCOUNT:
        return set(NameIn("accounts"));
      default:
        return;  // the county's field is set already
    }
  }

  // A request about the first child and where the child is, with nothing else in it: a command that is let
  // through is then refused for what it lacks.
  static json RequestOf(const MethodDescriptor& method) {
    const MethodRule rule = RuleOf(method);
    json request = json::object();
    if (!rule.county_field().empty())
      Set(request, *method.input_type(), absl::StrSplit(rule.county_field(), '.'), CountyText(rule));
    for (const Target& target : rule.targets()) SetTarget(method, rule, target, request);
    return request;
  }

  // Whether a right of this level around the first child's place, or elsewhere, covers what a target of this
  // kind names. `inside`: the area holds the first child.
  static bool Covers(const Subject& subject, api::v1::TargetKind kind) {
    const bool inside = Holds(subject, Kept("child1").substr(Kept("child1").rfind('/') + 1));
    const bool in_county = subject.right.area.county.empty() || subject.right.area.county == kCounty;
    switch (kind) {
      case api::v1::TARGET_KIND_COUNTY:
        return in_county && subject.level >= Level::kCounty;
      case api::v1::TARGET_KIND_IN_COUNTY:
        return in_county;
      case api::v1::TARGET_KIND_SCHOOL:
      case api::v1::TARGET_KIND_DIVISION:
        return inside && subject.level >= Level::kSchool;
      case api::v1::TARGET_KIND_IN_SCHOOL:
        return in_county && subject.first_school;
      case api::v1::TARGET_KIND_CLASS:
        return inside && subject.level >= Level::kClass;
      case api::v1::TARGET_KIND_CHILD:
      case api::v1::TARGET_KIND_RESOURCE:
        return inside;
      case api::v1::TARGET_KIND_ACCOUNT:
        return in_county && subject.right.role == Role::kSystemAdministrator;
      default:
        ADD_FAILURE() << "a kind of target that this test does not know";
        return false;
    }
  }

  static bool Expected(const MethodRule& rule, const Subject& subject) {
    if (rule.session() != api::v1::SESSION_EFFECT_UNSPECIFIED) return true;
    const auto roles = rights::RolesWith(rule.permission());
    if (!roles.has_value() || !roles->Has(subject.right.role)) return false;
    if (rule.narrowed() && !Covers(subject, api::v1::TARGET_KIND_IN_COUNTY)) return false;
    for (const Target& target : rule.targets()) {
      if (!Covers(subject, target.kind())) return false;
    }
    return true;
  }
};

}  // namespace tonghu::system_test
