#include "services/pairing/domain/policy_trial.h"

#include <algorithm>
#include <utility>

#include "libs/clock/clock.h"
#include "libs/refusal/refusal.h"
#include "services/pairing/domain/replay.h"

namespace tonghu::pairing {
namespace {

// Adds what the pairing owes and its line does not have yet.
void Owe(const TriedPolicy& tried, absl::Span<const OwedWindow> windows, const PastPairing& pairing,
         std::vector<Duty>& duties) {
  for (const DutyPlan& plan : PlanDuties(tried.kind, windows, pairing.role, pairing.owed_from)) {
    if (!Reaches(pairing.span, plan.window)) continue;
    // The real id, since it breaks ties between duties of one window.
    std::string id = DutyId(tried.county, pairing.span.line_id, plan);
    if (std::any_of(duties.begin(), duties.end(), [&](const Duty& duty) { return duty.duty_id == id; }))
      continue;
    duties.push_back({.duty_id = std::move(id),
                      .line_id = pairing.span.line_id,
                      .kind = plan.kind,
                      .window_start = plan.window.start,
                      .window_end = plan.window.end,
                      .due_time = plan.due_time});
  }
}

}  // namespace

std::vector<Duty> PlayOut(const TriedPolicy& tried, absl::Span<const OwedWindow> windows,
                          const ChildPast& past, absl::Time now) {
  ChildFacts facts;
  for (const PastPairing& pairing : past.pairings) {
    facts.spans.push_back(pairing.span);
    facts.spans.back().role = pairing.role;
    Owe(tried, windows, pairing, facts.duties);
  }
  for (const LoggedContact& contact : past.contacts) {
    for (LoggedContact& part : PartsOf(contact, facts.spans)) facts.contacts.push_back(std::move(part));
  }
  const auto versions = [&](DutyKind kind) {
    return kind == tried.kind ? Versions(&tried.policy, 1) : Versions();
  };
  return Replay(std::move(facts), versions, {now, now});
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
