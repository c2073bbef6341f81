#include "libs/rpc/method.h"

#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "libs/division/county.h"
#include "libs/ids/names.h"
#include "libs/status/macros.h"

namespace tonghu::rpc {
namespace {

using google::protobuf::FieldDescriptor;

constexpr std::string_view kPlatform =
    "000000";  // stands in place of a county for matters of the platform as a whole
constexpr std::string_view kAll = "counties/-";
constexpr size_t kCountyDigits = 6;

absl::Status Wrong(const google::protobuf::MethodDescriptor& method, std::string_view what) {
  return absl::FailedPreconditionError(absl::StrCat(method.full_name(), ": ", std::string(what)));
}

// Whether the rule takes the platform as a whole for a county.
bool PlatformToo(api::v1::CountyForm form) {
  return form == api::v1::COUNTY_FORM_PARENT_OR_PLATFORM || form == api::v1::COUNTY_FORM_NAME_OR_PLATFORM;
}

// Gives the subject when its county is one of the province's, or the platform where the rule takes that for a
// county.
absl::StatusOr<Subject> Checked(Subject subject, const api::v1::MethodRule& rule) {
  // The platform's code is no county of the division table, so it is allowed here where the rule says so.
  if (subject.county == kPlatform && PlatformToo(rule.county_form())) return subject;
  RETURN_IF_ERROR(division::CheckCounty(subject.county, rule.county_field()));
  return subject;
}

}  // namespace

Method::Method(const google::protobuf::MethodDescriptor& descriptor, api::v1::MethodRule rule)
    : descriptor_(&descriptor),
      path_(absl::StrCat("/", descriptor.service()->full_name(), "/", descriptor.name())),
      rule_(std::move(rule)) {}

// Mistakes in a rule are found when the service starts, not at the first call.
absl::StatusOr<Method> Method::Of(const google::protobuf::MethodDescriptor& descriptor) {
  if (!descriptor.options().HasExtension(api::v1::rule)) return Wrong(descriptor, "has no rule");
  Method method(descriptor, descriptor.options().GetExtension(api::v1::rule));
  const api::v1::MethodRule& rule = method.rule_;
  if (rule.kind() == api::v1::METHOD_KIND_UNSPECIFIED || rule.resource().empty() || rule.permission().empty())
    return Wrong(descriptor, "its rule lacks kind, resource or permission");
  const auto roles = rights::RolesWith(rule.permission());
  if (!roles.has_value()) return Wrong(descriptor, "libs/rights has no such permission");
  method.roles_ = *roles;
  if (rule.county_field().empty() != (rule.county_form() == api::v1::COUNTY_FORM_UNSPECIFIED))
    return Wrong(descriptor, "county_field and county_form belong together");
  if (!rule.county_field().empty()) {
    // A repeated field could name several counties, but a call belongs to one.
    method.county_path_ = PathOf(*descriptor.input_type(), rule.county_field(), false);
    if (method.county_path_.empty()) return Wrong(descriptor, "county_field is no field");
    if (method.county_path_.back()->type() != FieldDescriptor::TYPE_STRING)
      return Wrong(descriptor, "county_field is no string");
    if (rule.targets().empty() && !rule.narrowed() && !method.IsOfSession())
      return Wrong(descriptor, "nothing says what of the county must lie inside the caller's scope");
  }
  ASSIGN_OR_RETURN(method.targets_, Targets::Of(descriptor, rule));
  ASSIGN_OR_RETURN(method.performer_, PerformerField::Of(descriptor, rule));
  return method;
}

absl::StatusOr<Subject> Method::SubjectOf(const google::protobuf::Message& request) const {
  if (county_path_.empty()) return Subject{};
  // A message that is not set reads as an empty one, so the path never breaks off; the empty text is judged
  // below.
  std::string text;
  ForEachText(request, county_path_,
              [&](const google::protobuf::Message&, const std::string& value) { text = value; });
  switch (rule_.county_form()) {
    case api::v1::COUNTY_FORM_NAME:
    case api::v1::COUNTY_FORM_NAME_OR_PLATFORM: {
      const std::string& collection =
          rule_.county_collection().empty() ? rule_.resource() : rule_.county_collection();
      ASSIGN_OR_RETURN(auto name, ids::ParseName(text, collection, rule_.county_field()));
      return Checked({std::move(name.county), std::move(name.id)}, rule_);
    }
    case api::v1::COUNTY_FORM_CODE: {
      // A township's code begins with its county's code (GB/T 2260), and so does a school's name after
      // "counties/".
      std::string county(absl::StripPrefix(text, "counties/").substr(0, kCountyDigits));
      return Subject{ids::IsCounty(county) ? std::move(county) : "", ""};
    }
    default: {
      if (rule_.county_form() == api::v1::COUNTY_FORM_PARENT_OR_ALL && text == kAll) return Subject{};
      ASSIGN_OR_RETURN(auto county, ids::ParseParent(text, rule_.county_field()));
      return Checked({std::move(county), ""}, rule_);
    }
  }
}

}  // namespace tonghu::rpc
