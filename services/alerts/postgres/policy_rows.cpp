#include "services/alerts/postgres/policy_rows.h"

#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "libs/postgres/columns.h"

namespace tonghu::alerts {
namespace {

using postgres::Field;

// A policy and its times and levels as they are stored.
struct StoredPolicy {
  std::string county;
  Policy policy;
  std::string doc;
};
constexpr postgres::Columns kPolicy{
    Field<&StoredPolicy::county>("county"), Field<&StoredPolicy::policy, &Policy::kind>("kind"),
    Field<&StoredPolicy::policy, &Policy::version>("version"), Field<&StoredPolicy::doc>("doc"),
    Field<&StoredPolicy::policy, &Policy::put_time>("put_time")};

std::string TextOf(absl::Duration duration) { return absl::StrCat(absl::ToInt64Microseconds(duration)); }

std::optional<absl::Duration> DurationIn(absl::string_view text) {
  int64_t micros = 0;
  if (!absl::SimpleAtoi(text, &micros)) return std::nullopt;
  return absl::Microseconds(micros);
}

// "resolve_within repeat_last delay:level,level delay:level …", times in microseconds.
std::string DocOf(const Policy& policy) {
  std::string doc = absl::StrCat(TextOf(policy.resolve_within), " ", TextOf(policy.repeat_last));
  for (const Step& step : policy.steps) {
    const auto number = [](std::string* out, Level level) { absl::StrAppend(out, static_cast<int>(level)); };
    absl::StrAppend(&doc, " ", TextOf(step.delay), ":", absl::StrJoin(step.levels, ",", number));
  }
  return doc;
}

std::optional<Step> StepIn(absl::string_view text) {
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(text, absl::MaxSplits(':', 1));
  const auto delay = DurationIn(parts.first);
  if (!delay.has_value()) return std::nullopt;
  Step step{.delay = *delay};
  for (const absl::string_view word : absl::StrSplit(parts.second, ',')) {
    int level = 0;
    if (!absl::SimpleAtoi(word, &level)) return std::nullopt;
    step.levels.push_back(static_cast<Level>(level));
  }
  return step.levels.empty() ? std::nullopt : std::optional<Step>(std::move(step));
}

// Gives whether `doc` could be read.
bool ReadDoc(absl::string_view doc, Policy& policy) {
  const std::vector<absl::string_view> words = absl::StrSplit(doc, ' ');
  if (words.size() < 3) return false;
  const auto resolve_within = DurationIn(words[0]), repeat_last = DurationIn(words[1]);
  if (!resolve_within.has_value() || !repeat_last.has_value()) return false;
  policy.resolve_within = *resolve_within;
  policy.repeat_last = *repeat_last;
  for (size_t i = 2; i < words.size(); ++i) {
    auto step = StepIn(words[i]);
    if (!step.has_value()) return false;
    policy.steps.push_back(*std::move(step));
  }
  return true;
}

}  // namespace

void PolicySet::Put(const std::string& county, Policy policy) {
  const auto key = std::make_tuple(county, policy.kind, policy.version);
  policies_.insert_or_assign(key, std::move(policy));
}

const Policy& PolicySet::InForce(const std::string& county, Kind kind) const {
  auto after = policies_.upper_bound({county, kind, std::numeric_limits<int>::max()});
  if (after != policies_.begin()) {
    const auto& [key, policy] = *std::prev(after);
    if (std::get<0>(key) == county && policy.kind == kind) return policy;
  }
  return BuiltInPolicy(kind);
}

const Policy* PolicySet::Find(const std::string& county, Kind kind, int version) const {
  if (version == 0) return &BuiltInPolicy(kind);
  const auto found = policies_.find({county, kind, version});
  return found == policies_.end() ? nullptr : &found->second;
}

const Policy& PolicySet::Pinned(const std::string& county, Kind kind, int version) const {
  const Policy* policy = Find(county, kind, version);
  return policy == nullptr ? InForce(county, kind) : *policy;
}

absl::StatusOr<PolicySet> LoadPolicies(postgres::Connection& db, const std::vector<std::string>& counties) {
  static const std::string sql =
      absl::StrCat("SELECT ", kPolicy.List(), " FROM escalation_policy WHERE county = ANY ($1)");
  auto rows = kPolicy.ReadAll(db.Run(sql, postgres::Params().Texts(counties)));
  if (!rows.ok()) return rows.status();
  PolicySet book;
  for (StoredPolicy& row : *rows) {
    if (!ReadDoc(row.doc, row.policy)) {
      return absl::DataLossError(absl::StrCat("the stored policy of ", row.county, ", kind ",
                                              static_cast<int>(row.policy.kind), ", version ",
                                              row.policy.version, " can't be read"));
    }
    book.Put(row.county, std::move(row.policy));
  }
  return book;
}

absl::Status InsertPolicies(postgres::Connection& db, const std::vector<PolicyRow>& rows, absl::Time now) {
  std::vector<StoredPolicy> stored;
  for (const PolicyRow& row : rows) {
    stored.push_back({row.county, *row.policy, DocOf(*row.policy)});
    stored.back().policy.put_time = now;
  }
  return kPolicy.Insert(db, "escalation_policy", stored);
}

}  // namespace tonghu::alerts
