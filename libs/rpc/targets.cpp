#include "libs/rpc/targets.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "libs/ids/names.h"
#include "libs/refusal/refusal.h"
#include "libs/rights/table.h"
#include "libs/status/macros.h"

namespace tonghu::rpc {
namespace {

using directory::Place;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr size_t kCountyDigits = 6, kTownshipDigits = 9;
constexpr char kCounties[] = "counties/";
constexpr char kSchools[] = "schools";
// Who changes accounts also sees and ends their sessions.
constexpr char kAdministers[] = "accounts.update";

bool IsCode(const std::string& text, size_t digits) {
  return text.size() == digits &&
         std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isdigit(c); });
}

// The county of "520521", "520521101", "counties/520521" and "counties/520521/…".
std::string CountyOf(const std::string& text) {
  return std::string(absl::StripPrefix(text, kCounties).substr(0, kCountyDigits));
}

absl::Status Wrong(const google::protobuf::MethodDescriptor& method, const std::string& field) {
  return absl::FailedPreconditionError(absl::StrCat(method.full_name(), ": no target can be ", field));
}

bool NeedsNoLookup(api::v1::TargetKind kind) {
  return kind == api::v1::TARGET_KIND_COUNTY || kind == api::v1::TARGET_KIND_IN_COUNTY;
}

}  // namespace

absl::Status NotPermitted() {
  return refusal::Make({absl::StatusCode::kPermissionDenied, "NOT_PERMITTED", "",
                        "the caller has no right to this, or it does not exist",
                        "您没有权限查看或办理该事项，或该事项不存在；如确有需要，请联系上级管理部门。"});
}

// Judges one target. With `found`, from what was found; with `sought`, without lookup, noting what would have
// to be looked up.
class Targets::Judge {
 public:
  Judge(const Reach& reach, const std::string& collection, Sought* sought, const Found* found)
      : reach_(reach), collection_(collection), sought_(sought), found_(found) {}

  absl::Status Check(const Target& target, const Message& holder, const std::string& value) const {
    ASSIGN_OR_RETURN(const bool inside, Inside(target, holder, value));
    return inside ? absl::OkStatus() : NotPermitted();
  }
  const Reach& reach() const { return reach_; }

 private:
  absl::StatusOr<bool> Inside(const Target& target, const Message& holder, const std::string& value) const {
    const rights::Scope& scope = reach_.scope;
    switch (target.kind) {
      case api::v1::TARGET_KIND_COUNTY:
        return !value.empty() && CountyOf(value) == reach_.county && scope.CoversCounty();
      case api::v1::TARGET_KIND_IN_COUNTY:
        return CountyOf(value) == reach_.county && !scope.empty();
      case api::v1::TARGET_KIND_SCHOOL:
      case api::v1::TARGET_KIND_IN_SCHOOL:
      case api::v1::TARGET_KIND_CLASS:
        return InSchool(target, holder, value);
      case api::v1::TARGET_KIND_CHILD:
        return Child(target, value);
      case api::v1::TARGET_KIND_RESOURCE:
        return Resource(target, value);
      case api::v1::TARGET_KIND_DIVISION:
        return Division(target, holder, value);
      case api::v1::TARGET_KIND_ACCOUNT:
        return value == reach_.caller.actor ||
               rights::Scope::Of(reach_.caller.rights, *rights::RolesWith(kAdministers), reach_.county)
                   .CoversCounty();
      default:
        return false;
    }
  }

  // The id in a name of the call's county; none for a name in another county.
  absl::StatusOr<std::optional<std::string>> IdIn(const Target& target, const std::string& value,
                                                  const std::string& collection) const {
    ASSIGN_OR_RETURN(auto name, ids::ParseName(value, collection, target.field));
    if (name.county != reach_.county) return std::nullopt;
    return std::move(name.id);
  }

  absl::StatusOr<bool> InSchool(const Target& target, const Message& holder, const std::string& value) const {
    ASSIGN_OR_RETURN(auto id, IdIn(target, value, kSchools));
    if (!id.has_value()) return false;
    Place place{.school_id = *id};
    if (target.kind == api::v1::TARGET_KIND_CLASS) {
      place.grade = holder.GetReflection()->GetInt32(holder, target.grade);
      place.class_number = holder.GetReflection()->GetInt32(holder, target.class_number);
    }
    const auto inside = [&] {
      return target.kind == api::v1::TARGET_KIND_IN_SCHOOL ? reach_.scope.Touches(place)
                                                           : reach_.scope.Covers(place);
    };
    if (inside()) return true;
    // Only a township's part can be missed for want of the school's township.
    if (!reach_.scope.HasTownships()) return false;
    if (sought_ != nullptr) return Seek(sought_->schools, {reach_.county, *id});
    const auto school = found_->schools.find({reach_.county, *id});
    if (school == found_->schools.end()) return false;
    place.township_code = school->second.township_code;
    return inside();
  }

  absl::StatusOr<bool> Child(const Target& target, const std::string& value) const {
    ASSIGN_OR_RETURN(auto id, IdIn(target, value, "children"));
    if (!id.has_value()) return false;
    if (reach_.scope.Names(*id)) return true;
    if (!reach_.scope.HasAreas()) return false;
    if (sought_ != nullptr) return Seek(sought_->children, {reach_.county, *id});
    const auto place = found_->children.find({reach_.county, *id});
    return place != found_->children.end() && reach_.scope.Covers(place->second, *id);
  }

  absl::StatusOr<bool> Resource(const Target& target, const std::string& value) const {
    ASSIGN_OR_RETURN(auto id, IdIn(target, value, collection_));
    if (!id.has_value()) return false;
    if (reach_.scope.CoversCounty()) return true;
    if (sought_ != nullptr) return Seek(sought_->resources, *id);
    const auto about = found_->resources.find(*id);
    return about != found_->resources.end() &&
           reach_.scope.Covers(about->second.place, about->second.child_id);
  }

  absl::StatusOr<bool> Division(const Target& target, const Message& holder, const std::string& value) const {
    if (absl::StartsWith(value, kCounties)) return InSchool(target, holder, value);
    if (CountyOf(value) != reach_.county) return false;
    if (IsCode(value, kTownshipDigits)) return reach_.scope.Covers({.township_code = value});
    return IsCode(value, kCountyDigits) && reach_.scope.CoversCounty();
  }

  template <class Id>
  static bool Seek(std::vector<Id>& ids, Id id) {
    ids.push_back(std::move(id));
    return true;
  }

  const Reach& reach_;
  const std::string& collection_;
  Sought* const sought_;
  const Found* const found_;
};

absl::StatusOr<Targets> Targets::Of(const google::protobuf::MethodDescriptor& method,
                                    const api::v1::MethodRule& rule) {
  Targets targets;
  targets.collection_ = rule.county_collection().empty() ? rule.resource() : rule.county_collection();
  for (const api::v1::Target& said : rule.targets()) {
    Target target{said.kind(), said.field(), PathOf(*method.input_type(), said.field(), true)};
    if (target.path.empty() || target.path.back()->type() != FieldDescriptor::TYPE_STRING ||
        target.kind == api::v1::TARGET_KIND_UNSPECIFIED)
      return Wrong(method, said.field());
    if ((method.client_streaming() || method.server_streaming()) && !NeedsNoLookup(target.kind))
      return Wrong(method, said.field());
    if (target.kind == api::v1::TARGET_KIND_CLASS) {
      const auto* holder = target.path.back()->containing_type();
      target.grade = holder->FindFieldByName("grade");
      target.class_number = holder->FindFieldByName("class_number");
      for (const auto* field : {target.grade, target.class_number}) {
        if (field == nullptr || field->type() != FieldDescriptor::TYPE_INT32 || field->is_repeated())
          return Wrong(method, said.field());
      }
    }
    targets.accounts_ |= target.kind == api::v1::TARGET_KIND_ACCOUNT;
    targets.targets_.push_back(std::move(target));
  }
  return targets;
}

absl::Status Targets::Check(const Message& request, const Reach& reach, Sought& sought) const {
  // Most calls of operators end here: nothing of the request is read.
  if (targets_.empty() || (reach.scope.CoversProvince() && !accounts_)) return absl::OkStatus();
  sought.county = reach.county;
  sought.collection = collection_;
  return CheckAll(request, Judge(reach, collection_, &sought, nullptr));
}

absl::Status Targets::Check(const Message& request, const Reach& reach, const Found& found) const {
  return CheckAll(request, Judge(reach, collection_, nullptr, &found));
}

absl::Status Targets::CheckAll(const Message& request, const Judge& judge) const {
  absl::Status checked;
  for (const Target& target : targets_) {
    // An empty county means the province; of other kinds an empty field names nothing.
    const bool always = NeedsNoLookup(target.kind) || target.kind == api::v1::TARGET_KIND_DIVISION;
    ForEachText(request, target.path, [&](const Message& holder, const std::string& value) {
      if (checked.ok() && (always || !value.empty())) checked = judge.Check(target, holder, value);
    });
  }
  return checked;
}

}  // namespace tonghu::rpc
