// The policies of counties and of the province: the versions of each kind, and the windows that follow from
// them. Pure.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "services/pairing/domain/duty_kind.h"

namespace tonghu::pairing {

// The versions of one policy: the built-in one first, then the county's own by their first days.
using Versions = absl::Span<const DutyPolicy>;
// The versions of a kind's policy; they outlive the call.
using VersionsOf = std::function<Versions(DutyKind)>;
// The version for windows that begin at `time`; one must. Valid as long as the versions.
const DutyPolicy& VersionAt(Versions versions, absl::Time time);
// The version that holds at `now`, where one does, and those to come; one that is withdrawn holds no more.
Versions FromNowOn(Versions versions, absl::Time now);

// Where a child was, how much care it needed and who guarded it, from a day on.
struct Standing {
  absl::CivilDay from = absl::CivilDay::min();
  std::string school_id;
  CareLevel care_level = CareLevel::kGeneral;
  Guardianship guardianship = Guardianship::kUnspecified;  // kUnspecified: not known
};

// Stands in place of a county for the province's policies. One holds in every county for the children of its
// scope, until the county puts its own policy for the same kind and scope, and again when the county has
// withdrawn that.
inline constexpr char kOfProvince[] = "000000";

// Policies by county and kind.
class Policies {
 public:
  // Adds a version; those of the province come before those of counties, and those of a county, kind and
  // scope in the order of their numbers. The version takes the place of those of its scope that begin on its
  // first day or later, also of the province's.
  void Add(std::string county, DutyKind kind, DutyPolicy policy);
  // All versions of the policy for whom no refinement holds, the province's where the county has not put its
  // own; never empty. Valid until the next Add.
  Versions Of(const std::string& county, DutyKind kind) const;
  // The versions of a scope; none where nobody has ever refined the kind for the scope. Valid as Of.
  Versions OfScope(const std::string& county, DutyKind kind, const PolicyScope& scope) const;
  // The scopes for which the kind is refined, in their order.
  std::vector<PolicyScope> Refinements(const std::string& county, DutyKind kind) const;
  // Whether any kind is refined in the county.
  bool Refines(const std::string& county) const;
  // The versions that hold for a child, one after the other, of all scopes. `standings`: the child's, oldest
  // first, at least one. Of the scopes that the child belongs to on a version's first day the first counts
  // that has a policy, of: level and guardianship, level or guardianship, neither; of each the school's own
  // before that of any school. Where the child's level has a policy and its guardianship another one, the one
  // that asks for more counts. So no school loosens what the county asks for children in need, and neither
  // does a second need.
  std::vector<DutyPolicy> For(const std::string& county, DutyKind kind,
                              absl::Span<const Standing> standings) const;
  // The longest that a window of the kind can be under any version of any scope.
  absl::Duration LongestWindow(const std::string& county, DutyKind kind) const;
  // The kinds of duty for which a contact of the kind counts under any version: that of the built-in policies
  // first, then others in the order in which the county's versions were added.
  std::vector<DutyKind> CountsFor(const std::string& county, ContactKind kind) const;
  // Whether windows of the kind may differ between children under any version, so that those of a child who
  // changed schools, care levels or guardianships may overlap.
  bool MayOverlap(const std::string& county, DutyKind kind) const;

 private:
  using Scopes = std::map<PolicyScope, std::vector<DutyPolicy>>;
  // The county's, else the province's; nullptr where neither has put any.
  const Scopes* Find(const std::string& county, DutyKind kind) const;
  // What holds where the county has put nothing: for the province itself the built-in policy.
  Scopes Outer(const std::string& county, DutyKind kind) const;
  const DutyPolicy& Holding(const Scopes& scopes, const Standing& standing, absl::CivilDay day) const;

  // Those of the county's own scope always begin with the built-in policy.
  absl::flat_hash_map<std::pair<std::string, DutyKind>, Scopes> set_;
  // For which kinds of duty contacts count beside those of the built-in policies; empty for most counties.
  absl::flat_hash_map<std::pair<std::string, ContactKind>, std::vector<DutyKind>> also_counts_;
};

// Whether a pairing of the role owes duties by the policy.
bool IsOwedBy(const DutyPolicy& policy, PairingRole role);

// A window that is owed, and the version by which. The version outlives the window.
struct OwedWindow {
  CadenceWindow at;
  const DutyPolicy* policy;
};
// The windows that are owed by `versions`, of those that end after `from` begins and begin by the end of
// `to`, oldest first. A window that has begun under a version runs to its end; a version's own windows are
// followed until the first whole window of the next. A version that owes nothing, or only before festivals,
// ends what was owed on its first day, but for a festival for which its own window would have begun before.
// No two overlap, but those of a version that begins beside the one before, and those before festivals, with
// any. Each festival is owed once.
std::vector<OwedWindow> OwedWindows(Versions versions, const calendar::SchoolCalendar& calendar,
                                    absl::CivilDay from, absl::CivilDay to);

inline constexpr int kFarthestPolicyDays = 400;
// Checks the first day of a version that is put on the day `today`. Error: EFFECTIVE_FROM_OUT_OF_RANGE.
absl::Status CheckFirstDay(absl::CivilDay effective_from, absl::CivilDay today, std::string_view field);
// Checks a version that is put on the day `today`. Errors: INVALID_ARGUMENT, reasons POLICY_OUT_OF_RANGE,
// CADENCE_OUT_OF_RANGE, OWED_BY_NOBODY, EFFECTIVE_FROM_OUT_OF_RANGE.
absl::Status CheckPolicy(const DutyPolicy& policy, absl::CivilDay today);

}  // namespace tonghu::pairing
