#include "services/pairing/domain/replay.h"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

namespace tonghu::pairing {
namespace {

constexpr size_t kNone = static_cast<size_t>(-1);

// What happens to a child's duties, in the order in which things of one instant happen: a duty is judged
// before a report of that instant, and the end of a pairing that is handed over comes before the next one's
// beginning.
enum class What { kJudged, kEnded, kBegan, kReported };
struct Event {
  absl::Time time;
  What what = What::kJudged;
  size_t of = 0;  // the index of the duty, pairing or contact
  friend bool operator<(const Event& a, const Event& b) {
    return std::tie(a.time, a.what, a.of) < std::tie(b.time, b.what, b.of);
  }
};

// One child's duties, from the first to the last.
class Replayer {
 public:
  Replayer(ChildFacts facts, const VersionsOf& versions) : facts_(std::move(facts)), versions_(versions) {
    // Reports of one instant, as of one batch, have no order on record: the earlier contact goes first.
    std::sort(facts_.contacts.begin(), facts_.contacts.end(),
              [](const LoggedContact& a, const LoggedContact& b) {
                return std::tie(a.report_time, a.happen_time, a.contact_id) <
                       std::tie(b.report_time, b.happen_time, b.contact_id);
              });
    for (const Duty& duty : facts_.duties) owners_.push_back(FirstOwnerOf(duty));
    excused_by_end_.resize(facts_.duties.size());
  }

  std::vector<Duty> Run(const Until& until) && {
    for (const Event& event : EventsUntil(until)) {
      switch (event.what) {
        case What::kJudged:
          Judge(facts_.duties[event.of]);
          break;
        case What::kEnded:
          End(event.of);
          break;
        case What::kBegan:
          Begin(event.of);
          break;
        case What::kReported:
          SettleAll(facts_, event.of, versions_);
          break;
      }
    }
    for (size_t i = 0; i < facts_.duties.size(); ++i) SetOwner(i);
    return std::move(facts_.duties);
  }

 private:
  const std::vector<PairedSpan>& spans() const { return facts_.spans; }

  size_t FirstOwnerOf(const Duty& duty) const {
    size_t first = kNone;
    for (size_t i = 0; i < spans().size(); ++i) {
      if (spans()[i].line_id != duty.line_id || !Reaches(spans()[i], {duty.window_start, duty.window_end}))
        continue;
      if (first == kNone || spans()[i].start < spans()[first].start) first = i;
    }
    return first;
  }

  std::vector<Event> EventsUntil(const Until& until) const {
    std::vector<Event> events;
    const auto add = [&](absl::Time time, What what, size_t of) {
      if (time <= until.now) events.push_back({time, what, of});
    };
    for (size_t i = 0; i < facts_.duties.size(); ++i) {
      const Duty& duty = facts_.duties[i];
      if (std::tie(duty.due_time, duty.duty_id) <= std::tie(until.judged_to, until.last_judged))
        add(duty.due_time, What::kJudged, i);
    }
    for (size_t i = 0; i < spans().size(); ++i) {
      add(spans()[i].start, What::kBegan, i);
      add(spans()[i].end, What::kEnded, i);
    }
    for (size_t i = 0; i < facts_.contacts.size(); ++i)
      add(facts_.contacts[i].report_time, What::kReported, i);
    std::sort(events.begin(), events.end());
    return events;
  }

  static void Judge(Duty& duty) {
    if (duty.state != DutyState::kOpen) return;
    duty.state = DutyState::kMissed;
    duty.missed = true;
  }

  // The pairing to which the line's pairing was handed over at the instant of its end; kNone: the line ended.
  size_t NextOf(const PairedSpan& span) const {
    for (size_t i = 0; i < spans().size(); ++i) {
      if (spans()[i].line_id == span.line_id && spans()[i].start <= span.end && span.end < spans()[i].end)
        return i;
    }
    return kNone;
  }

  // What is open goes along with a hand-over; where the line ends, what is open of a window that lasts is
  // excused.
  void End(size_t ended) {
    const PairedSpan& span = spans()[ended];
    const size_t next = NextOf(span);
    for (size_t i = 0; i < facts_.duties.size(); ++i) {
      Duty& duty = facts_.duties[i];
      if (duty.line_id != span.line_id || duty.state != DutyState::kOpen) continue;
      if (next != kNone) {
        if (owners_[i] == ended) owners_[i] = next;
      } else if (duty.window_start <= span.end && span.end < duty.window_end) {
        duty.state = DutyState::kExcused;
        excused_by_end_[i] = true;
      }
    }
  }

  // The line's next pairing owes again what the end of the one before had excused.
  void Begin(size_t begun) {
    const PairedSpan& span = spans()[begun];
    for (size_t i = 0; i < facts_.duties.size(); ++i) {
      Duty& duty = facts_.duties[i];
      if (!excused_by_end_[i] || duty.state != DutyState::kExcused || duty.line_id != span.line_id ||
          span.start >= duty.window_end || !IsOwedBy(VersionAt(versions_(duty.kind), span.start), span.role))
        continue;
      duty.state = DutyState::kOpen;
      owners_[i] = begun;
    }
  }

  void SetOwner(size_t i) {
    if (owners_[i] == kNone || spans()[owners_[i]].pairing_id.empty()) return;
    const PairedSpan& owner = spans()[owners_[i]];
    facts_.duties[i].pairing_id = owner.pairing_id;
    facts_.duties[i].helper_id = owner.helper_id;
    facts_.duties[i].paired_from = CountsFrom(owner.start);
  }

  ChildFacts facts_;
  const VersionsOf& versions_;
  std::vector<size_t> owners_;        // by duty: the span that owes it
  std::vector<bool> excused_by_end_;  // by duty
};

}  // namespace

bool Reaches(const PairedSpan& span, const Window& window) {
  return CountsFrom(span.start) < window.end && window.start <= span.end;
}

std::vector<Duty> Replay(ChildFacts facts, const VersionsOf& versions, const Until& until) {
  return Replayer(std::move(facts), versions).Run(until);
}

}  // namespace tonghu::pairing
