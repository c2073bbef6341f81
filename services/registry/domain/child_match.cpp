#include "services/registry/domain/child_match.h"

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"

namespace tonghu::registry {
namespace {

// Matches rows with known children. A child is claimed by one row at most.
class Matcher {
 public:
  explicit Matcher(absl::Span<const Child* const> known) {
    for (const Child* child : known) {
      if (!child->dossier.identity_number.empty()) by_number_[child->dossier.identity_number] = child;
      // All are of one county, so its code is left out.
      by_name_[ClassNameOf("", child->dossier)].push_back(child);
    }
  }

  void ByNumber(const Dossier& row, Match& match) {
    const auto found = by_number_.find(row.identity_number);
    if (found != by_number_.end()) Claim(found->second, match);
  }

  // Matches a row whose number nobody has: the number may have been issued since.
  void ByIssue(const Dossier& row, Match& match) {
    Decide(BornAs(row, Candidates(row, HasNumber::kNo)), match);
  }

  // Matches a row without a number. The only child without one is meant whatever the birth date, which the
  // row may correct.
  void ByName(const Dossier& row, Match& match) {
    auto unnumbered = Candidates(row, HasNumber::kNo);
    if (unnumbered.empty()) return Decide(BornAs(row, Candidates(row, HasNumber::kYes)), match);
    if (unnumbered.size() > 1) unnumbered = BornAs(row, std::move(unnumbered));
    if (unnumbered.empty()) return Ambiguous(match);
    Decide(unnumbered, match);
  }

 private:
  enum class HasNumber { kNo, kYes };

  // The children of the row's class and name whom no other row means.
  std::vector<const Child*> Candidates(const Dossier& row, HasNumber has_number) const {
    std::vector<const Child*> candidates;
    const auto found = by_name_.find(ClassNameOf("", row));
    if (found == by_name_.end()) return candidates;
    for (const Child* child : found->second) {
      const bool numbered = !child->dossier.identity_number.empty();
      if (!claimed_.contains(child) && numbered == (has_number == HasNumber::kYes))
        candidates.push_back(child);
    }
    return candidates;
  }

  // The children, of those given, who have the row's birth date.
  static std::vector<const Child*> BornAs(const Dossier& row, std::vector<const Child*> children) {
    std::erase_if(children, [&](const Child* child) { return child->dossier.birth != row.birth; });
    return children;
  }

  void Decide(const std::vector<const Child*>& candidates, Match& match) {
    if (candidates.size() == 1) Claim(candidates.front(), match);
    if (candidates.size() > 1) Ambiguous(match);
  }

  void Claim(const Child* child, Match& match) {
    claimed_.insert(child);
    match.child = child;
  }

  static void Ambiguous(Match& match) {
    AddInvalid(match.faults, "AMBIGUOUS_CHILD", "display_name",
               "several children of this class have this name",
               "本班已登记多名同名儿童，无法判断是哪一名，请填写身份证号。");
  }

  absl::flat_hash_map<std::string, const Child*> by_number_;
  absl::flat_hash_map<ClassName, std::vector<const Child*>> by_name_;
  absl::flat_hash_set<const Child*> claimed_;
};

}  // namespace

std::vector<Match> MatchChildren(absl::Span<const Dossier* const> rows,
                                 absl::Span<const Child* const> known) {
  // In three rounds, the surest first: a row must not take a child whom another row means by number.
  Matcher matcher(known);
  std::vector<Match> matches(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i]->identity_number.empty()) matcher.ByNumber(*rows[i], matches[i]);
  }
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i]->identity_number.empty() && matches[i].child == nullptr)
      matcher.ByIssue(*rows[i], matches[i]);
  }
  for (size_t i = 0; i < rows.size(); ++i) {
    if (rows[i]->identity_number.empty()) matcher.ByName(*rows[i], matches[i]);
  }
  return matches;
}

}  // namespace tonghu::registry
