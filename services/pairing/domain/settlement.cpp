#include "services/pairing/domain/settlement.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <tuple>

namespace tonghu::pairing {
namespace {

constexpr size_t kNone = static_cast<size_t>(-1);

bool InWeek(const Talk& talk, const Duty& duty) {
  return duty.window_start <= talk.happen_time && talk.happen_time < duty.window_end;
}

bool InReach(const Talk& talk, const Duty& duty) {
  return duty.window_end <= talk.happen_time && talk.happen_time <= duty.window_end + kOldestMadeUp;
}

// Whoever was paired in the duty's line between the week's beginning and the talk.
bool MayClose(const std::vector<PairedSpan>& spans, const Talk& talk, const Duty& duty) {
  return std::any_of(spans.begin(), spans.end(), [&](const PairedSpan& span) {
    return span.line_id == duty.line_id && span.helper_id == talk.helper_id &&
           CountsFrom(span.start) <= talk.happen_time && span.end > duty.window_start;
  });
}

bool IsClosed(const Duty& duty) {
  return duty.state == DutyState::kDone || duty.state == DutyState::kDoneLate;
}
bool IsClosedInWeek(const Duty& duty) { return IsClosed(duty) && !duty.made_up; }
bool IsExcused(const Duty& duty) { return duty.state == DutyState::kExcused; }

// Which duty comes first: what is excused last, then the oldest.
auto RankOf(const Duty& duty) { return std::tie(duty.window_start, duty.duty_id); }
bool ComesBefore(const Duty& a, const Duty& b) {
  return IsExcused(a) != IsExcused(b) ? IsExcused(b) : RankOf(a) < RankOf(b);
}

// A search for the first duty in rank that a talk reaches when others move along.
class Search {
 public:
  Search(ChildFacts& facts, const TalkPolicy& policy)
      : facts_(facts), policy_(policy), reached_by_(facts.duties.size(), kNone) {}

  std::optional<size_t> InItsWeek(size_t talk) { return From(talk, /*make_up=*/false); }
  std::optional<size_t> ToMakeUp(size_t talk) { return From(talk, /*make_up=*/true); }

  // Closes `duty`, moving talks along the way found; gives what changed.
  std::vector<size_t> Close(size_t duty) {
    std::vector<size_t> changed;
    while (duty != kNone) {
      const size_t talk = reached_by_[duty];
      const size_t before = DutyOf(talk);
      facts_.duties[duty] = ClosedBy(std::move(facts_.duties[duty]), facts_.talks[talk], policy_);
      changed.push_back(duty);
      duty = before;
    }
    return changed;
  }

 private:
  // Whether going on from `talk` to `duty` is allowed. A talk of the week takes a duty from another one of
  // the week at any time; what is sought is open to the kind of the search only.
  bool Leads(const Talk& talk, const Duty& duty, bool make_up) const {
    if (InWeek(talk, duty)) return (!make_up || IsClosedInWeek(duty)) && MayClose(facts_.spans, talk, duty);
    return make_up && InReach(talk, duty) && !IsExcused(duty) && !IsClosedInWeek(duty) &&
           MayClose(facts_.spans, talk, duty);
  }

  std::optional<size_t> From(size_t talk, bool make_up) {
    std::optional<size_t> best;
    std::deque<size_t> talks = {talk};
    for (; !talks.empty(); talks.pop_front()) {
      for (size_t d = 0; d < facts_.duties.size(); ++d) {
        const Duty& duty = facts_.duties[d];
        if (reached_by_[d] != kNone || !Leads(facts_.talks[talks.front()], duty, make_up)) continue;
        reached_by_[d] = talks.front();
        const bool taken = make_up ? IsClosed(duty) : IsClosedInWeek(duty);
        if (taken) {
          if (const size_t closer = TalkOf(duty); closer != kNone && closer != talk) talks.push_back(closer);
        } else if (!best.has_value() || ComesBefore(duty, facts_.duties[*best])) {
          best = d;
        }
      }
    }
    return best;
  }

  size_t TalkOf(const Duty& duty) const {
    for (size_t i = 0; i < facts_.talks.size(); ++i) {
      if (facts_.talks[i].contact_id == duty.contact_id) return i;
    }
    return kNone;
  }
  size_t DutyOf(size_t talk) const {
    for (size_t i = 0; i < facts_.duties.size(); ++i) {
      if (facts_.duties[i].contact_id == facts_.talks[talk].contact_id) return i;
    }
    return kNone;
  }

  ChildFacts& facts_;
  const TalkPolicy& policy_;
  std::vector<size_t> reached_by_;  // by duty: the talk that led there
};

std::vector<size_t> MakeUp(ChildFacts& facts, size_t talk, const TalkPolicy& policy) {
  Search search(facts, policy);
  const std::optional<size_t> duty = search.ToMakeUp(talk);
  return duty.has_value() ? search.Close(*duty) : std::vector<size_t>();
}

size_t FindTalk(const ChildFacts& facts, const std::string& contact_id) {
  const auto found = std::find_if(facts.talks.begin(), facts.talks.end(),
                                  [&](const Talk& talk) { return talk.contact_id == contact_id; });
  return found == facts.talks.end() ? kNone : found - facts.talks.begin();
}

}  // namespace

// A talk of another week may be moved too, to a duty that this one could not make up for: hence all that are
// over by now.
Direct CloseDirectly(const ChildFacts& facts, const Talk& talk) {
  std::optional<size_t> in_week, over;
  const auto keep_first = [&](std::optional<size_t>& best, size_t i) {
    if (!best.has_value() || ComesBefore(facts.duties[i], facts.duties[*best])) best = i;
  };
  for (size_t i = 0; i < facts.duties.size(); ++i) {
    const Duty& duty = facts.duties[i];
    if (InWeek(talk, duty) && !IsClosedInWeek(duty)) keep_first(in_week, i);
    const bool free = !IsClosed(duty) && !IsExcused(duty);
    if (free && duty.window_end <= talk.report_time) keep_first(over, i);
  }
  const std::optional<size_t> first = in_week.has_value() ? in_week : over;
  if (!first.has_value()) return {Direct::Kind::kNothing};
  const Duty& duty = facts.duties[*first];
  const bool fits = InWeek(talk, duty) ? !duty.made_up : InReach(talk, duty);
  if (!fits || !MayClose(facts.spans, talk, duty)) return {Direct::Kind::kAskAll};
  return {Direct::Kind::kCloses, *first};
}

Duty ClosedBy(Duty duty, const Talk& talk, const TalkPolicy& policy) {
  duty.contact_id = talk.contact_id;
  duty.made_up = !InWeek(talk, duty);
  const bool late = duty.missed || talk.report_time - talk.happen_time > policy.late_report_after;
  duty.reported_late = !duty.made_up && late;
  duty.state = duty.made_up || duty.missed ? DutyState::kDoneLate : DutyState::kDone;
  return duty;
}

std::vector<size_t> Settle(ChildFacts& facts, size_t talk, const TalkPolicy& policy) {
  Search search(facts, policy);
  const std::optional<size_t> duty = search.InItsWeek(talk);
  if (!duty.has_value()) return MakeUp(facts, talk, policy);
  const std::string made_up_by = facts.duties[*duty].made_up ? facts.duties[*duty].contact_id : "";
  std::vector<size_t> changed = search.Close(*duty);
  if (made_up_by.empty()) return changed;
  const size_t freed = FindTalk(facts, made_up_by);
  if (freed == kNone) return changed;
  for (const size_t next : MakeUp(facts, freed, policy)) changed.push_back(next);
  std::sort(changed.begin(), changed.end());
  changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
  return changed;
}

}  // namespace tonghu::pairing
