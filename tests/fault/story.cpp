#include "tests/fault/story.h"

#include <fmt/core.h>

#include "libs/clock/timestamp.h"
#include "tests/fault/model/figures.h"

namespace tonghu::fault {
namespace {

namespace v1 = tonghu::pairing::v1;

absl::Time On(int month, int day, int hour) {
  return absl::FromCivil(absl::CivilHour(2026, month, day, hour), clock::China());
}

v1::Contact ContactOf(const Paired& child, v1::ContactKind kind, absl::Time happened) {
  v1::Contact contact;
  contact.set_child(child.child);
  contact.set_helper(child.helper);
  contact.set_kind(kind);
  clock::SetTime(happened, contact.mutable_happen_time());
  return contact;
}

void Talk(StoryCounty& county, const Paired& child, absl::Time happened) {
  county.caller.Record(ContactOf(child, v1::CONTACT_KIND_TALK, happened), /*twice=*/true).IgnoreError();
}

// Everybody who is not to be missed.
void TalkWithTheRest(StoryCounty& county) {
  std::vector<v1::Contact> contacts;
  const absl::Time happened = county.caller.now() - absl::Hours(1);
  for (const size_t i : {2, 3, 4, 5})
    contacts.push_back(ContactOf(county.there[i], v1::CONTACT_KIND_TALK, happened));
  contacts.push_back(ContactOf(county.here[0], v1::CONTACT_KIND_TALK, happened));
  contacts.push_back(ContactOf(county.here[1], v1::CONTACT_KIND_PARENT_CALL, happened));
  county.caller.RecordAll(contacts).IgnoreError();
}

void SendAttendance(StoryCounty& county, const std::vector<Paired>& school,
                    std::vector<model::Absent> absent = {}) {
  county.caller
      .Attendance({.school = school.front().school,
                   .day = model::DayOf(county.caller.now()),
                   .absent = std::move(absent)})
      .IgnoreError();
}

registry::v1::Post& HeadOf(StoryCounty& county, const std::vector<Paired>& school) {
  const std::string id = model::IdOf(school.front().school);
  return county.posts.at(fmt::format("counties/{}/posts/school_head-{}", school.front().county, id));
}

// The child's newest alert of a kind.
alerts::v1::Alert AlertOf(StoryCounty& county, Province& province, const Paired& child,
                          alerts::v1::AlertKind kind) {
  alerts::v1::Alert newest;
  auto alerts = Alerts(province.clients(), "counties/" + child.county, child.child);
  if (!alerts.ok()) county.caller.log().Surprise(alerts.status().ToString());
  for (const alerts::v1::Alert& alert : alerts.ok() ? *alerts : std::vector<alerts::v1::Alert>()) {
    if (alert.kind() == kind && alert.raise_time().seconds() >= newest.raise_time().seconds()) newest = alert;
  }
  return newest;
}

void Excuse(StoryCounty& county, Province& province, const Paired& child, absl::CivilDay monday) {
  auto duties = Duties(province.clients(), "counties/" + child.county, child.child);
  for (const v1::Duty& duty : duties.ok() ? *duties : std::vector<v1::Duty>()) {
    if (model::DayOf(clock::ToTime(duty.window_start())) == monday) county.caller.Excuse(duty).IgnoreError();
  }
}

void PutCalendar(StoryCounty& county, const std::vector<Paired>& school, std::set<absl::CivilDay> holidays) {
  county.caller
      .Put(model::CalendarPut{.school = school.front().school,
                              .term = "2026-autumn",
                              .first = absl::CivilDay(2026, 9, 1),
                              .last = absl::CivilDay(2027, 1, 15),
                              .holidays = std::move(holidays)})
      .IgnoreError();
}

struct Act {
  absl::Time time;
  std::function<void(StoryCounty&, Province&)> act;
};

std::vector<Act> FirstWeek() {
  return {
      {On(9, 1, 14), [](auto& c, auto&) { Talk(c, c.here[0], c.caller.now()); }},
      {On(9, 2, 14),
       [](auto& c, auto&) {
         auto alert = c.caller.Emergency(c.there[2].child, c.there[2].helper);
         if (alert.ok()) c.emergency = *alert;
         c.caller.Acknowledge(c.emergency, HeadOf(c, c.there).holder()).IgnoreError();
       }},
      {On(9, 2, 14),
       [](auto& c, auto&) {
         auto handed = c.caller.HandOver(c.there[0].pairing, c.there[1].helper);
         if (handed.ok()) c.pairing = *handed;
       }},
      {On(9, 3, 8), [](auto& c, auto&) { c.caller.HandOver(c.pairing, c.there[2].helper).IgnoreError(); }},
      {On(9, 3, 14), [](auto& c, auto&) { SendAttendance(c, c.here); }},  // too late
      {On(9, 3, 14),
       [](auto& c, auto& p) {
         c.caller
             .Resolve(AlertOf(c, p, c.there[3], alerts::v1::ALERT_KIND_ABSENCE), c.there[3].helper, "已返校")
             .IgnoreError();
       }},
      // Of three helpers in a week the first tells last.
      {On(9, 3, 14), [](auto& c, auto&) { Talk(c, c.there[0], On(9, 1, 16)); }},
      // On leave since the morning; the roll does not know.
      {On(9, 2, 14),
       [](auto& c, auto&) {
         SendAttendance(c, c.there, {{c.there[4].child, false}});
       }},
      {On(9, 4, 14), [](auto& c, auto&) { Talk(c, c.here[2], On(9, 2, 15)); }},  // late paperwork
      {On(9, 4, 14), [](auto& c, auto& p) { Excuse(c, p, c.here[5], absl::CivilDay(2026, 8, 31)); }},
      {On(9, 4, 14), [](auto& c, auto&) { TalkWithTheRest(c); }},
  };
}

std::vector<Act> SecondWeek() {
  return {
      // A Sunday.
      {On(9, 6, 14),
       [](auto& c, auto&) {
         SendAttendance(c, c.there, {{c.there[3].child, false}});
       }},
      // Leave that was given, and not told in time.
      {On(9, 7, 14),
       [](auto& c, auto&) {
         c.caller
             .Attendance(
                 {.school = "", .day = absl::CivilDay(2026, 9, 7), .absent = {{c.there[4].child, true}}})
             .IgnoreError();
       }},
      {On(9, 8, 8),
       [](auto& c, auto&) {
         c.caller.End(c.there[1].pairing, v1::PAIRING_END_REASON_OTHER_PAIRING).IgnoreError();
       }},
      {On(9, 8, 8),
       [](auto& c, auto&) {
         c.caller.Move({c.there[5].child, c.there[5].school, c.there[4].grade, c.there[4].class_number})
             .IgnoreError();
       }},
      {On(9, 8, 14),
       [](auto& c, auto&) {
         c.caller.Pair(c.there[1].child, c.there[2].helper, v1::PAIRING_ROLE_PROXY_PARENT).IgnoreError();
       }},
      {On(9, 8, 14),
       [](auto& c, auto&) {
         std::set<absl::CivilDay> week;
         for (int day = 14; day <= 18; ++day) week.insert(absl::CivilDay(2026, 9, day));
         PutCalendar(c, c.here, week);
       }},
      // The next term's calendar leaves this one's alone.
      {On(9, 8, 14),
       [](auto& c, auto&) {
         c.caller
             .Put(model::CalendarPut{.school = c.there.front().school,
                                     .term = "2027-spring",
                                     .first = absl::CivilDay(2027, 3, 1),
                                     .last = absl::CivilDay(2027, 7, 9)})
             .IgnoreError();
       }},
      {On(9, 9, 14),
       [](auto& c, auto&) { c.caller.Emergency(c.there[5].child, c.there[5].helper).IgnoreError(); }},
      {On(9, 9, 14), [](auto& c, auto&) { Talk(c, c.here[3], On(9, 3, 9)); }},  // only its report was late
      {On(9, 9, 14),
       [](auto& c, auto&) {
         Talk(c, c.here[4], On(9, 9, 9));   // this week's
         Talk(c, c.here[4], On(9, 9, 10));  // makes up for last week's
       }},
      {On(9, 9, 14),
       [](auto& c, auto& p) {
         c.caller.Acknowledge(AlertOf(c, p, c.here[1], alerts::v1::ALERT_KIND_DUTY_MISSED), c.here[1].helper)
             .IgnoreError();
       }},
      {On(9, 10, 14), [](auto& c, auto&) { PutCalendar(c, c.here, {}); }},  // it was a mistake
      {On(9, 11, 14), [](auto& c, auto&) { TalkWithTheRest(c); }},
      {On(9, 12, 14),
       [](auto& c, auto&) {
         registry::v1::Post& head = HeadOf(c, c.here);
         head.set_holder("");
         c.caller.Put(head).IgnoreError();
       }},
  };
}

std::vector<Act> ThirdWeek() {
  return {
      {On(9, 16, 14),
       [](auto& c, auto& p) {
         c.caller
             .Resolve(AlertOf(c, p, c.here[1], alerts::v1::ALERT_KIND_DUTY_MISSED), c.here[1].helper,
                      "已家访")
             .IgnoreError();
       }},
      // Snow: a closure told at noon settles the alert that no attendance came.
      {On(9, 17, 14), [](auto& c, auto&) { PutCalendar(c, c.here, {absl::CivilDay(2026, 9, 17)}); }},
      // The flood of the week before, of which the talks have been missed; announced too late, and for the
      // wrong school.
      {On(9, 16, 14),
       [](auto& c, auto&) {
         auto closed = c.caller.Close({.closure = "",
                                       .school = c.there.front().school,
                                       .first = absl::CivilDay(2026, 9, 9),
                                       .last = absl::CivilDay(2026, 9, 11)});
         if (closed.ok()) c.closure = *closed;
       }},
      {On(9, 18, 8), [](auto& c, auto&) { c.caller.Withdraw(c.closure).IgnoreError(); }},
      {On(9, 17, 14),
       [](auto& c, auto&) {
         c.caller.Resolve(c.emergency, HeadOf(c, c.there).holder(), "已康复").IgnoreError();
       }},
      {On(9, 18, 14), [](auto& c, auto&) { TalkWithTheRest(c); }},
  };
}

std::vector<Act> FourthWeek() {
  const auto close = [](StoryCounty& c, int first, int last) {
    c.caller
        .Close({.closure = "",
                .school = c.here.front().school,
                .first = absl::CivilDay(2026, 9, first),
                .last = absl::CivilDay(2026, 9, last)})
        .IgnoreError();
  };
  return {
      // A flood from Tuesday on; and one of the week before, of which somebody tells now. Of 17 September,
      // when snow
      // closed the school, nothing is left to close.
      {On(9, 22, 14), [close](auto& c, auto&) { close(c, 22, 24); }},
      {On(9, 23, 14), [close](auto& c, auto&) { close(c, 15, 18); }},
  };
}

// Every morning, but for the school here on three days.
void Morning(StoryCounty& county) {
  const absl::CivilDay today = model::DayOf(county.caller.now());
  const absl::Weekday weekday = absl::GetWeekday(today);
  if (weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday ||
      today < absl::CivilDay(2026, 9, 1))
    return;
  std::vector<model::Absent> absent;
  if (today == absl::CivilDay(2026, 9, 2))
    absent = {{county.there[3].child, false}, {county.there[4].child, true}};
  if (today == absl::CivilDay(2026, 9, 3)) absent = {{county.there[3].child, false}};
  if (today == absl::CivilDay(2026, 9, 7)) absent = {{county.there[4].child, false}};
  SendAttendance(county, county.there, absent);
  const std::set<absl::CivilDay> silent = {absl::CivilDay(2026, 9, 3), absl::CivilDay(2026, 9, 4),
                                           absl::CivilDay(2026, 9, 17)};
  if (!silent.contains(today)) SendAttendance(county, county.here);
}

std::vector<StoryCounty> CountiesOf(Province& province) {
  std::vector<StoryCounty> counties;
  for (const std::string& name : province.counties()) {
    StoryCounty county{
        .caller = Caller(province.clients(), province.stack().clock(), province.log(), "story-" + name),
        .posts = province.posts()};
    for (const Paired& child : province.paired()) {
      if (child.county != name) continue;
      const bool here = county.here.empty() || county.here.front().school == child.school;
      (here ? county.here : county.there).push_back(child);
    }
    counties.push_back(std::move(county));
  }
  return counties;
}

}  // namespace

absl::Status PlayStory(Province& province) {
  std::vector<Act> acts = FirstWeek();
  for (std::vector<Act> more : {SecondWeek(), ThirdWeek(), FourthWeek()})
    acts.insert(acts.end(), more.begin(), more.end());
  std::vector<StoryCounty> counties = CountiesOf(province);
  for (absl::CivilDay day(2026, 9, 1); day <= absl::CivilDay(2026, 9, 24); ++day) {
    for (const int hour : {8, 14}) {
      const absl::Time time = model::StartOf(day) + absl::Hours(hour);
      if (absl::Status moved = province.MoveClock(time); !moved.ok()) return moved;
      for (StoryCounty& county : counties) {
        if (hour == 8) Morning(county);
        for (const Act& act : acts) {
          if (act.time == time) act.act(county, province);
        }
      }
    }
  }
  return province.Quiet();
}

}  // namespace tonghu::fault
