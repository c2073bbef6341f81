#include "services/pairing/app/coverage.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/division/county.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/pairing/app/answer.h"
#include "services/pairing/app/missing_terms.h"
#include "services/pairing/events/publish.h"
#include "services/pairing/postgres/coverage_store.h"
#include "services/pairing/postgres/policy_store.h"

namespace tonghu::pairing {
namespace {

constexpr int kLookedAtOnce = 2000;  // children, or gaps, a transaction
constexpr absl::Duration kLookEvery = absl::Hours(1);

// What is asked for the children of a batch. Children of one standing share the answer.
class AskedOfChildren {
 public:
  // `policies` outlives this.
  AskedOfChildren(const Policies& policies, absl::Time now) : policies_(policies), now_(now) {}
  std::vector<Gap> Gaps(const CoveredChild& child) {
    if (child.on_purpose) return {};
    PolicyScope of;
    // Only where policies are refined does it matter which child it is.
    if (policies_.Refines(child.county)) of = {child.place.school_id, child.care_level, child.guardianship};
    const Standing standing{absl::CivilDay::min(), of.school_id, of.care_level, of.guardianship};
    const auto key = std::make_pair(child.county, of);
    auto asked = asked_.find(key);
    if (asked == asked_.end()) asked = asked_.try_emplace(key, policies_, child.county, standing, now_).first;
    return asked->second.Gaps(child.roles);
  }

 private:
  const Policies& policies_;
  const absl::Time now_;
  std::map<std::pair<std::string, PolicyScope>, Asked> asked_;
};

// The rows in which `after` differs from `before`.
struct Differences {
  std::vector<GapRow> stored, gone;
  void Add(const journal::ShardTransaction& transaction, const CoveredChild& child, const KnownGaps& before,
           const KnownGaps& after) {
    for (const auto& [gap, known] : before) {
      if (!after.contains(gap)) gone.push_back({child.county, child.child_id, gap});
    }
    for (const auto& [gap, known] : after) {
      const auto was = before.find(gap);
      if (was == before.end() || was->second != known)
        stored.push_back({child.county, child.child_id, gap, transaction.shard(), known});
    }
  }
};

// Compares what is known of these children with what they lack now, and tells what lasts too long.
absl::Status Check(journal::ShardTransaction& transaction, absl::Span<const CoveredChild> children) {
  if (children.empty()) return absl::OkStatus();
  std::set<std::string> in;
  for (const CoveredChild& child : children) in.insert(child.county);
  const std::vector<std::string> counties(in.begin(), in.end());
  ASSIGN_OR_RETURN(const auto policies, LoadPolicies(transaction.db(), counties));
  ASSIGN_OR_RETURN(auto most_days, LoadMostDays(transaction.db(), counties));
  ASSIGN_OR_RETURN(auto gaps, LoadGaps(transaction.db(), children));
  AskedOfChildren asked(policies, transaction.now());
  Differences differences;
  for (const CoveredChild& child : children) {
    const KnownGaps& known = gaps[{child.county, child.child_id}];
    const auto lacking = asked.Gaps(child);
    if (lacking.empty() && known.empty()) continue;
    const Looked looked = Look(known, lacking, absl::Hours(24 * most_days[child.county]), transaction.now());
    differences.Add(transaction, child, known, looked.gaps);
    if (looked.tell) PublishChildUncovered(transaction, child, looked);
    if (looked.covered) PublishChildCovered(transaction, child);
  }
  RETURN_IF_ERROR(DeleteGaps(transaction.db(), differences.gone));
  return StoreGaps(transaction.db(), differences.stored);
}

// Looks at some children of a county. Gives how many, 1 when only the end was reached.
absl::StatusOr<int> LookFurther(journal::ShardTransaction& transaction, int limit) {
  ASSIGN_OR_RETURN(auto counties, LoadLooking(transaction.db(), transaction.shard(), transaction.now()));
  if (counties.empty()) return 0;
  Looking& looking = counties.front();
  limit = std::min(limit, kLookedAtOnce);
  ASSIGN_OR_RETURN(const auto children, LoadNextChildren(transaction.db(), looking, limit));
  RETURN_IF_ERROR(Check(transaction, children));
  if (static_cast<int>(children.size()) < limit) {
    RETURN_IF_ERROR(CheckTerms(transaction, looking.county));
    RETURN_IF_ERROR(EndLooking(transaction.db(), looking.county, transaction.now() + kLookEvery));
  } else {
    const CoveredChild& last = children.back();
    looking = {looking.county, last.place.school_id, last.place.grade, last.place.class_number,
               last.child_id};
    RETURN_IF_ERROR(MoveLooking(transaction.db(), looking));
  }
  return std::max<int>(children.size(), 1);
}

// Tells some gaps whose time has come. Gives of how many children.
absl::StatusOr<int> TellDue(journal::ShardTransaction& transaction, int limit) {
  ASSIGN_OR_RETURN(const auto children, LoadChildrenDue(transaction.db(), transaction.shard(),
                                                        transaction.now(), std::min(limit, kLookedAtOnce)));
  RETURN_IF_ERROR(Check(transaction, children));
  return static_cast<int>(children.size());
}

v1::CoveragePolicy MessageOf(const std::string& county, int most_days) {
  v1::CoveragePolicy message;
  message.set_parent(absl::StrCat("counties/", county));
  message.set_most_days(most_days);
  return message;
}

absl::StatusOr<v1::CoveragePolicy> PutOne(journal::ShardTransaction& transaction, const std::string& county,
                                          const v1::CoveragePolicy& given) {
  if (given.most_days() < 1 || given.most_days() > kLongestUncoveredDays) {
    return refusal::Invalid("MOST_DAYS_OUT_OF_RANGE", "coverage_policy.most_days",
                            "a child may be without somebody for 1 to 60 days",
                            "儿童无人负责的最长天数应为1至60天，请重新填写。");
  }
  RETURN_IF_ERROR(PutMostDays(transaction.db(), county, given.most_days()));
  return MessageOf(county, given.most_days());
}

}  // namespace

absl::Status CoverAfterBeginning(journal::ShardTransaction& transaction, absl::Span<const PairingRow> begun) {
  ASSIGN_OR_RETURN(const auto children, LoadPairedChildren(transaction.db(), begun, Which::kWithGaps));
  return Check(transaction, children);
}

absl::Status CoverAfterEnding(journal::ShardTransaction& transaction, absl::Span<const PairingRow> ended) {
  ASSIGN_OR_RETURN(const auto children, LoadPairedChildren(transaction.db(), ended, Which::kAll));
  return Check(transaction, children);
}

absl::Status CoverAfterStaff(journal::ShardTransaction& transaction, absl::Span<const postgres::Key> staff) {
  if (staff.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto children, LoadHelpedChildren(transaction.db(), staff, kLookedAtOnce));
  return Check(transaction, children);
}

absl::Status PutCoveragePolicies(journal::ShardTransaction& transaction,
                                 PutCoveragePolicyCommandHandler::Commands commands) {
  for (const auto& command : commands)
    RETURN_IF_ERROR(
        Answer(command, PutOne(transaction, *command.county, command.request->coverage_policy())));
  return absl::OkStatus();
}

absl::StatusOr<v1::CoveragePolicy> GetCoveragePolicy(postgres::Connection& db,
                                                     const v1::GetCoveragePolicyRequest& request) {
  ASSIGN_OR_RETURN(const auto county, division::ParseCounty(request.parent(), "parent"));
  ASSIGN_OR_RETURN(auto most_days, LoadMostDays(db, {county}));
  return MessageOf(county, most_days[county]);
}

journal::Sweep LookForGaps() {
  return {.name = "looking for gaps", .next_sql = kNextLooking, .fire = LookFurther, .bulk = true};
}
journal::Sweep TellGaps() { return {"telling gaps", kNextGap, TellDue}; }

}  // namespace tonghu::pairing
