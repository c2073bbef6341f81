#include "services/pairing/domain/policy_trial.h"

#include <algorithm>
#include <tuple>

#include "libs/clock/clock.h"
#include "libs/refusal/refusal.h"

namespace tonghu::pairing {
namespace {

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

// Whether the pairing owes a duty of the window: it began before the window's end (days count whole, as when
// duties are planned), and lasted when the window began.
bool Reaches(const PairedSpan& span, const Window& window) {
  return CountsFrom(span.start) < window.end && window.start <= span.end;
}

// One child's duties, from the first to the last.
class Play {
 public:
  Play(const TriedPolicy& tried, absl::Span<const OwedWindow> windows, const ChildPast& past)
      : tried_(tried), past_(past) {
    facts_.contacts = past.contacts;
    // Reports of one instant, as of one batch, have no order on record: the earlier contact goes first.
    std::sort(facts_.contacts.begin(), facts_.contacts.end(),
              [](const LoggedContact& a, const LoggedContact& b) {
                return std::tie(a.report_time, a.happen_time, a.contact_id) <
                       std::tie(b.report_time, b.happen_time, b.contact_id);
              });
    for (const PastPairing& pairing : past.pairings) {
      facts_.spans.push_back(pairing.span);
      Owe(pairing, windows);
    }
  }

  std::vector<Duty> Until(absl::Time now) && {
    for (const Event& event : EventsUntil(now)) {
      switch (event.what) {
        case What::kJudged:
          Judge(facts_.duties[event.of]);
          break;
        case What::kEnded:
          End(past_.pairings[event.of].span);
          break;
        case What::kBegan:
          Begin(past_.pairings[event.of]);
          break;
        case What::kReported:
          Settle(facts_, event.of, {&tried_.policy, 1});
          break;
      }
    }
    return std::move(facts_.duties);
  }

 private:
  // Adds what the pairing owes and its line does not have yet.
  void Owe(const PastPairing& pairing, absl::Span<const OwedWindow> windows) {
    for (const DutyPlan& plan : PlanDuties(tried_.kind, windows, pairing.role, pairing.owed_from)) {
      if (!Reaches(pairing.span, plan.window)) continue;
      // The real id, since it breaks ties between duties of one window.
      std::string id = DutyId(tried_.county, pairing.span.line_id, plan);
      if (std::any_of(facts_.duties.begin(), facts_.duties.end(),
                      [&](const Duty& duty) { return duty.duty_id == id; }))
        continue;
      facts_.duties.push_back({.duty_id = std::move(id),
                               .line_id = pairing.span.line_id,
                               .kind = plan.kind,
                               .window_start = plan.window.start,
                               .window_end = plan.window.end,
                               .due_time = plan.due_time});
    }
  }

  std::vector<Event> EventsUntil(absl::Time now) const {
    std::vector<Event> events;
    const auto add = [&](absl::Time time, What what, size_t of) {
      if (time <= now) events.push_back({time, what, of});
    };
    for (size_t i = 0; i < facts_.duties.size(); ++i) add(facts_.duties[i].due_time, What::kJudged, i);
    for (size_t i = 0; i < past_.pairings.size(); ++i) {
      add(past_.pairings[i].span.start, What::kBegan, i);
      add(past_.pairings[i].span.end, What::kEnded, i);
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

  // What is open of a window that lasts is excused, unless the line goes on at that instant: a hand-over.
  void End(const PairedSpan& span) {
    const bool goes_on =
        std::any_of(past_.pairings.begin(), past_.pairings.end(), [&](const PastPairing& other) {
          return other.span.line_id == span.line_id && other.span.start <= span.end &&
                 span.end < other.span.end;
        });
    if (goes_on) return;
    for (Duty& duty : facts_.duties) {
      const bool lasts = duty.window_start <= span.end && span.end < duty.window_end;
      if (duty.line_id == span.line_id && duty.state == DutyState::kOpen && lasts)
        duty.state = DutyState::kExcused;
    }
  }

  // The line's next pairing owes again what the end of the one before had excused.
  void Begin(const PastPairing& pairing) {
    if (!IsOwedBy(tried_.policy, pairing.role)) return;
    for (Duty& duty : facts_.duties) {
      if (duty.line_id == pairing.span.line_id && duty.state == DutyState::kExcused &&
          pairing.span.start < duty.window_end)
        duty.state = DutyState::kOpen;
    }
  }

  const TriedPolicy& tried_;
  const ChildPast& past_;
  ChildFacts facts_;
};

}  // namespace

std::vector<Duty> PlayOut(const TriedPolicy& tried, absl::Span<const OwedWindow> windows,
                          const ChildPast& past, absl::Time now) {
  return Play(tried, windows, past).Until(now);
}

void TrialFigures::Count(const Duty& duty) {
  if (duty.state == DutyState::kExcused) {
    ++excused;
    return;
  }
  ++duties;
  done += duty.state == DutyState::kDone ? 1 : 0;
  reported_late += duty.state == DutyState::kDone && duty.reported_late ? 1 : 0;
  done_late += duty.state == DutyState::kDoneLate ? 1 : 0;
  missed += duty.state == DutyState::kMissed ? 1 : 0;
  alerts += duty.missed ? 1 : 0;
}

TrialFigures& TrialFigures::operator+=(const TrialFigures& other) {
  for (int TrialFigures::*figure :
       {&TrialFigures::duties, &TrialFigures::done, &TrialFigures::reported_late, &TrialFigures::done_late,
        &TrialFigures::missed, &TrialFigures::alerts, &TrialFigures::excused})
    this->*figure += other.*figure;
  return *this;
}

bool TrialDays::Has(absl::Time window_start) const {
  const absl::CivilDay day = clock::DayOf(window_start);
  return first <= day && day <= last;
}

absl::Status CheckTrialDays(const TrialDays& days, absl::CivilDay today) {
  if (days.last > today) {
    return refusal::Invalid("DATE_IN_FUTURE", "last_day", "last_day must not be in the future",
                            "试算的截止日期不能晚于今天");
  }
  if (days.first > days.last) {
    return refusal::Invalid("DATES_REVERSED", "last_day", "last_day must not be before first_day",
                            "截止日期不能早于起始日期，请调换或修改");
  }
  if (days.last - days.first >= kMostTrialDays) {
    return refusal::Invalid("TOO_MANY_DAYS", "first_day", "first_day to last_day are at most 400 days",
                            "一次最多试算400天，请缩短起止日期");
  }
  return absl::OkStatus();
}

}  // namespace tonghu::pairing
