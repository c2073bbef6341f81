#include "services/pairing/app/propose_pairings.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/division/county.h"
#include "libs/division/division.h"
#include "libs/ids/names.h"
#include "libs/ids/references.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/pairing/domain/refusals.h"
#include "services/pairing/postgres/proposal_store.h"

namespace tonghu::pairing {
namespace {

absl::StatusOr<PairingRole> RoleOf(const v1::ProposePairingsRequest& request) {
  if (request.role() <= 0 || !v1::PairingRole_IsValid(request.role())) return RoleMissing("role");
  if (request.role() == v1::PAIRING_ROLE_CLASS_TEACHER) {
    return refusal::Invalid("PROPOSAL_BY_CLASS", "role", "class teachers are paired by class (PairByClass)",
                            "班主任请用“按班主任结对”办理，不需要分配建议。");
  }
  return static_cast<PairingRole>(request.role());
}

// The school, grade or class that a request asks for. Errors: refusals.
absl::StatusOr<rights::Filter> ClassOf(const v1::ProposePairingsRequest& request, const std::string& county) {
  ASSIGN_OR_RETURN(auto school, ids::OptionalIdIn(county, request.school(), "schools", "school"));
  if (school.empty() && request.grade() != 0)
    return refusal::Invalid("SCHOOL_MISSING", "school", "a grade needs its school", "请填写学校。");
  if (request.grade() == 0 && request.class_number() != 0)
    return refusal::Invalid("GRADE_MISSING", "grade", "a class needs its grade", "请填写年级。");
  if (school.empty()) return rights::Filter{.everything = true};
  if (request.grade() == 0) return rights::Filter{.schools = {std::move(school)}};
  return rights::Filter{.classes = {{std::move(school), request.grade(), request.class_number()}}};
}

absl::StatusOr<rights::Filter> TownshipOf(const v1::ProposePairingsRequest& request,
                                          const std::string& county) {
  const std::string& code = request.township_code();
  if (code.empty()) return rights::Filter{.everything = true};
  const division::Division* township = division::Divisions::Guizhou().Find(code);
  if (township == nullptr || township->level != division::Level::kTownship ||
      !absl::StartsWith(code, county)) {
    return refusal::Invalid("TOWNSHIP_NOT_FOUND", "township_code",
                            "township_code must be of a township of the county",
                            "未知的乡镇代码，应为本县的九位乡镇（街道）代码，请核对。");
  }
  return rights::Filter{.townships = {code}};
}

absl::StatusOr<ProposalScope> ScopeOf(const v1::ProposePairingsRequest& request, const rights::Scope& scope) {
  ProposalScope wanted{.only_uncared = request.only_uncared(), .within = scope.filter()};
  ASSIGN_OR_RETURN(wanted.county, division::ParseCounty(request.parent(), "parent"));
  ASSIGN_OR_RETURN(wanted.role, RoleOf(request));
  ASSIGN_OR_RETURN(wanted.of, ClassOf(request, wanted.county));
  ASSIGN_OR_RETURN(wanted.of_township, TownshipOf(request, wanted.county));
  return wanted;
}

// The helpers to choose from. Errors: refusals.
absl::StatusOr<std::vector<AvailableHelper>> HelpersOf(postgres::Connection& db, const ProposalScope& scope,
                                                       const v1::ProposePairingsRequest& request) {
  // One more than a proposal may have shows that there are too many.
  if (request.helpers().empty()) return LoadHelpersOf(db, scope, kMostHelpers + 1);
  if (request.helpers_size() > kMostHelpers) return ProposalTooLarge();
  std::vector<std::string> ids;
  for (const std::string& name : request.helpers()) {
    ASSIGN_OR_RETURN(
        auto id, ids::IdIn(scope.county, name, "staffMembers", absl::StrCat("helpers[", ids.size(), "]")));
    ids.push_back(std::move(id));
  }
  ASSIGN_OR_RETURN(auto helpers, LoadHelpers(db, scope, ids));
  absl::flat_hash_set<std::string> known;
  for (const AvailableHelper& helper : helpers) known.insert(helper.helper_id);
  for (size_t i = 0; i < ids.size(); ++i) {
    if (!known.contains(ids[i])) return UnknownStaff(absl::StrCat("helpers[", i, "]"));
  }
  return helpers;
}

v1::ProposalHelper MessageOf(const std::string& county, const AvailableHelper& helper, int proposed) {
  v1::ProposalHelper message;
  message.set_helper(ids::NameOf(county, "staffMembers", helper.helper_id));
  message.set_school(ids::NameOf(county, "schools", helper.school_id));
  message.set_children(helper.load.children);
  message.set_proposed(proposed);
  message.set_max_children(helper.load.most);
  return message;
}

// Sets what both kinds of line say of the child.
template <class Line>
void Tell(const std::string& county, const WaitingChild& child, Line& line) {
  line.set_child(ids::NameOf(county, "children", child.child_id));
  line.set_school(ids::NameOf(county, "schools", child.place.school_id));
  line.set_grade(child.place.grade);
  line.set_class_number(child.place.class_number);
}

// What a proposal was made from, and what came of it.
struct Made {
  const std::string& county;
  absl::Span<const WaitingChild> children;
  absl::Span<const AvailableHelper> helpers;
  absl::Span<const Proposed> proposed;
};

void Tell(const Made& made, v1::ProposePairingsResponse& response) {
  std::vector<int> added(made.helpers.size());
  for (const Proposed& one : made.proposed) {
    if (one.helper) ++added[*one.helper];
  }
  for (size_t i = 0; i < made.children.size(); ++i) {
    const WaitingChild& child = made.children[i];
    if (!made.proposed[i].helper) {
      v1::LeftOutChild& line = *response.add_left_out();
      Tell(made.county, child, line);
      line.set_reason(static_cast<v1::LeftOutReason>(made.proposed[i].left_out));
      continue;
    }
    const size_t helper = *made.proposed[i].helper;
    v1::ProposedPairing& line = *response.add_pairings();
    Tell(made.county, child, line);
    *line.mutable_helper() = MessageOf(made.county, made.helpers[helper], added[helper]);
    for (const ProposalReason reason : ReasonsOf(child, made.helpers[helper]))
      line.add_reasons(static_cast<v1::ProposalReason>(reason));
  }
  for (size_t h = 0; h < made.helpers.size(); ++h)
    *response.add_helpers() = MessageOf(made.county, made.helpers[h], added[h]);
}

}  // namespace

absl::StatusOr<v1::ProposePairingsResponse> ProposePairings(postgres::Connection& db,
                                                            const rights::Scope& scope,
                                                            const v1::ProposePairingsRequest& request) {
  ASSIGN_OR_RETURN(const ProposalScope wanted, ScopeOf(request, scope));
  ASSIGN_OR_RETURN(const auto helpers, HelpersOf(db, wanted, request));
  ASSIGN_OR_RETURN(const auto found, LoadWaiting(db, wanted, kMostWaiting + 1));
  if (found.size() > kMostWaiting) return ProposalTooLarge();
  v1::ProposePairingsResponse response;
  std::vector<WaitingChild> children;
  for (const ChildToPropose& one : found) {
    if (!one.ended_on_purpose) {
      children.push_back(one.child);
      continue;
    }
    v1::LeftOutChild& line = *response.add_left_out();
    Tell(wanted.county, one.child, line);
    line.set_reason(v1::LEFT_OUT_REASON_ENDED_ON_PURPOSE);
  }
  ASSIGN_OR_RETURN(const auto proposed, Propose(children, helpers));
  Tell({wanted.county, children, helpers, proposed}, response);
  std::sort(response.mutable_left_out()->begin(), response.mutable_left_out()->end(),
            [](const auto& a, const auto& b) { return a.child() < b.child(); });
  return response;
}

}  // namespace tonghu::pairing
