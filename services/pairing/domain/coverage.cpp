#include "services/pairing/domain/coverage.h"

#include <algorithm>

namespace tonghu::pairing {

Asked::Asked(const Policies& policies, const std::string& county, const Standing& standing, absl::Time now) {
  for (const DutyRule& rule : DutyRules()) {
    const std::vector<DutyPolicy> versions = policies.For(county, rule.kind, {&standing, 1});
    const DutyPolicy& policy = VersionAt(versions, now);
    if (policy.cadence.times == 0) continue;
    Roles owing = 0;
    for (const PairingRole role : policy.owed_by) owing |= RoleBit(role);
    kinds_.emplace_back(rule.kind, owing);
  }
  std::sort(kinds_.begin(), kinds_.end());
}

std::vector<Gap> Asked::Gaps(Roles roles) const {
  const auto& looking = RolesThatLookAfter();
  const bool looked_after = std::any_of(looking.begin(), looking.end(),
                                        [roles](PairingRole role) { return (roles & RoleBit(role)) != 0; });
  if (!looked_after) return {kNobodyLooksAfter};
  std::vector<Gap> gaps;
  for (const auto& [kind, owing] : kinds_) {
    if ((roles & owing) == 0) gaps.push_back(static_cast<Gap>(kind));
  }
  return gaps;
}

Looked Look(const KnownGaps& known, absl::Span<const Gap> gaps, absl::Duration allowed, absl::Time now) {
  Looked looked;
  for (const Gap gap : gaps) {
    const auto before = known.find(gap);
    KnownGap& kept = looked.gaps[gap];
    kept = before == known.end() ? KnownGap{.since = now} : before->second;
    // What the county allows may have changed since.
    if (!kept.told) kept.tell_time = kept.since + allowed;
    if (kept.tell_time > now) continue;
    looked.grown |= !kept.told;
    looked.tell = kept.told = true;
    kept.tell_time = now + allowed;
  }
  const auto told = [](const auto& one) { return one.second.told; };
  looked.covered = std::any_of(known.begin(), known.end(), told) &&
                   std::none_of(looked.gaps.begin(), looked.gaps.end(), told);
  return looked;
}

}  // namespace tonghu::pairing
