// Which talk closes which duty.
#include <algorithm>
#include <functional>

#include "tests/fault/model/model.h"

namespace tonghu::fault::model {
namespace {

constexpr absl::Duration kLongest = absl::Hours(24 * 60);  // a report after a contact, a make-up after a week
constexpr absl::Duration kClocksDiffer = absl::Minutes(2);

// The most pairs of `wants` with `has`, those of earlier `wants` first: who wants which.
class Matching {
 public:
  Matching(size_t has, std::function<bool(size_t want, size_t has)> fits)
      : taken_by_(has, kNobody), fits_(std::move(fits)) {}

  static constexpr size_t kNobody = static_cast<size_t>(-1);

  // Gives `want` one of what there is, if need be by giving its holder another one.
  bool Give(size_t want) {
    tried_.assign(taken_by_.size(), false);
    return Find(want);
  }
  const std::vector<size_t>& taken_by() const { return taken_by_; }

 private:
  bool Find(size_t want) {
    for (size_t has = 0; has < taken_by_.size(); ++has) {
      if (tried_[has] || !fits_(want, has)) continue;
      tried_[has] = true;
      if (taken_by_[has] != kNobody && !Find(taken_by_[has])) continue;
      taken_by_[has] = want;
      return true;
    }
    return false;
  }

  std::vector<size_t> taken_by_;
  std::vector<bool> tried_;
  const std::function<bool(size_t, size_t)> fits_;
};

}  // namespace

std::string Model::CheckContact(const ContactLogged& logged) const {
  if (logged.happened > now_ + kClocksDiffer) return "HAPPEN_TIME_IN_FUTURE";
  if (logged.happened < now_ - kLongest) return "HAPPEN_TIME_TOO_OLD";
  const bool paired = std::any_of(pairings_.begin(), pairings_.end(), [&](const auto& named) {
    const Pairing& pairing = named.second;
    return pairing.child == logged.child && pairing.helper == logged.helper &&
           StartOf(DayOf(pairing.start)) <= logged.happened && logged.happened <= pairing.end;
  });
  return paired ? "" : "NOT_PAIRED";
}

std::string Model::Take(const ContactLogged& logged) {
  if (std::string why = CheckContact(logged); !why.empty()) return why;
  contacts_[logged.contact] = {logged, now_};
  Count(PlaceOf(logged.child), MondayOf(DayOf(now_)), kContacts);
  if (logged.kind != kTalk) return "";
  talks_of_[logged.child].push_back(logged.contact);
  Match(logged.child);
  return "";
}

// Whether the talk's helper was in the duty's line at any time from its week's beginning until the talk.
bool Model::MayClose(const Contact& talk, const Duty& duty) const {
  return std::any_of(pairings_.begin(), pairings_.end(), [&](const auto& named) {
    const Pairing& pairing = named.second;
    return pairing.line == duty.line && pairing.helper == talk.told.helper &&
           StartOf(DayOf(pairing.start)) <= talk.told.happened && pairing.end > StartOf(duty.monday);
  });
}

void Model::Match(const std::string& child) {
  const std::vector<std::string>& talks = talks_of_[child];
  std::vector<Duty*> duties;
  for (const size_t i : duties_of_[child]) {
    if (!duties_[i].taken_away) duties.push_back(&duties_[i]);
  }
  std::sort(duties.begin(), duties.end(), [](const Duty* a, const Duty* b) {
    return std::tie(a->monday, a->line) < std::tie(b->monday, b->line);
  });
  const auto talk = [&](size_t i) -> const Contact& { return contacts_.at(talks[i]); };
  Matching in_week(talks.size(), [&](size_t duty, size_t i) {
    return MondayOf(DayOf(talk(i).told.happened)) == duties[duty]->monday && MayClose(talk(i), *duties[duty]);
  });
  std::set<size_t> closed;
  for (const bool excused : {false, true}) {
    for (size_t duty = 0; duty < duties.size(); ++duty) {
      if (duties[duty]->excused == excused && in_week.Give(duty)) closed.insert(duty);
    }
  }
  Matching after(talks.size(), [&](size_t duty, size_t i) {
    const absl::Duration since = talk(i).told.happened - StartOf(duties[duty]->monday + 7);
    return in_week.taken_by()[i] == Matching::kNobody && since >= absl::ZeroDuration() && since <= kLongest &&
           MayClose(talk(i), *duties[duty]);
  });
  for (size_t duty = 0; duty < duties.size(); ++duty) {
    if (!closed.contains(duty) && !duties[duty]->excused) after.Give(duty);
  }
  for (size_t i = 0; i < talks.size(); ++i) {
    for (const bool made_up : {false, true}) {
      const size_t duty = (made_up ? after : in_week).taken_by()[i];
      if (duty != Matching::kNobody) Close(*duties[duty], talk(i), made_up);
    }
  }
}

void Model::Close(Duty& duty, const Contact& talk, bool made_up) {
  const bool was_open = duty.contact.empty();
  duty.contact = talk.told.contact;
  duty.made_up = made_up;
  duty.excused_by_closure = false;  // a talk beats it
  duty.reported_late =
      talk.reported - talk.told.happened > LateReportAfter(CountyOf(duty.child), duty.monday);
  if (was_open && duty.missed) Settle(FindAlert(SubjectOf(duty)));
}

}  // namespace tonghu::fault::model
