// The province as it should be, from nothing but what its people said and were answered. Pure: no clock, no
// service, no code of theirs. What it knows of the rules it restates from their READMEs.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/fault/model/facts.h"
#include "tests/fault/model/figures.h"
#include "tests/fault/model/ladder.h"

namespace tonghu::fault::model {

// Numbers of tonghu.pairing.v1.
enum DutyState { kOwed = 1, kHeld = 2, kNotHeld = 3, kExcusedDuty = 4, kHeldLate = 5 };
enum ContactKind { kTalk = 1 };

struct Pairing {
  std::string child;
  std::string helper;
  int role = 0;
  absl::Time start;
  absl::Time end = absl::InfiniteFuture();
  int reason = 0;
  size_t line = 0;       // pairings that follow one another
  absl::Time plan_time;  // when weeks further ahead are looked at
};

struct Duty {
  std::string child;
  absl::CivilDay monday;
  size_t line = 0;
  std::string pairing;
  std::string helper;
  absl::Time due;
  bool missed = false;  // when it was judged
  bool excused = false;
  bool excused_by_end = false;  // of its pairing: the next one opens it again
  bool excused_by_closure = false;
  bool taken_away = false;
  std::string contact;   // that closed it
  bool made_up = false;  // by a talk after its week
  bool reported_late = false;

  int state() const;
};

struct Contact {
  ContactLogged told;
  absl::Time reported;
};

class Model {
 public:
  // Takes the facts one after the other, in the order in which they were answered. The facts about one child,
  // and those about its school, must stand in the order in which they happened.
  void Apply(const Fact& fact);

  const std::map<std::string, ChildPlaced>& children() const { return children_; }
  const std::map<std::string, Pairing>& pairings() const { return pairings_; }
  const std::vector<Duty>& duties() const { return duties_; }
  const std::map<std::string, Contact>& contacts() const { return contacts_; }
  const std::vector<Alert>& alerts() const { return alerts_; }
  // Of everything up to now.
  Figures FiguresNow() const;
  // How long after a talk its report is late paperwork, for the week of `monday` in a county.
  absl::Duration LateReportAfter(const std::string& county, absl::CivilDay monday) const {
    return PolicyOf(county, monday).late_report_after;
  }
  // School → township.
  std::map<std::string, std::string> Schools() const;
  absl::Time now() const { return now_; }
  // Children of whom no talk lies ahead though nobody meant so: child → tonghu.pairing.v1.UncoveredReason.
  std::map<std::string, int> Uncovered() const;
  // Answers that callers should not have had, or should have had and did not.
  const std::vector<std::string>& surprises() const { return surprises_; }

 private:
  struct School {
    std::string township;
    std::map<std::string, CalendarPut> terms;
    std::map<std::string, SchoolClosed> closures;
    std::set<absl::CivilDay> attended;  // mornings whose attendance was sent
  };
  struct DutyPolicy {
    absl::CivilDay effective_from = absl::CivilDay::min();
    absl::Duration report_grace = absl::Hours(48);
    absl::Duration late_report_after = absl::Hours(24);
  };
  struct Morning {
    bool with_leave = false;
    bool closed = false;          // it turned out to be no school day
    std::optional<size_t> alert;  // of alerts_
  };

  // The policy for the week of `monday`.
  DutyPolicy PolicyOf(const std::string& county, absl::CivilDay monday) const;
  // Each gives why it had to be refused; empty: it had not.
  std::string Take(const SchoolPut& put);
  std::string Take(const ChildPlaced& placed);
  std::string Take(const PostPut& put);
  std::string Take(const CalendarPut& put);
  std::string Take(const SchoolClosed& closed);
  std::string Take(const ClosureWithdrawn& withdrawn);
  std::string Take(const DutyPolicyPut& put);
  std::string Take(const PairingStarted& started);
  std::string Take(const PairingHandedOver& handed);
  std::string Take(const PairingEnded& ended);
  std::string Take(const ContactLogged& logged);
  std::string Take(const DutyExcused& excused);
  std::string Take(const AttendanceReported& reported);
  std::string Take(const EmergencyReported& reported);
  std::string Take(const AlertAnswered& answered);
  std::string Take(const ClockMoved& moved);

  Place PlaceOf(const std::string& child) const;
  Place PlaceOfSchool(const std::string& school) const;
  void Count(const Place& place, absl::CivilDay monday, Figure figure, int by = 1);
  // Everything that is due by then is done at that instant.
  void MoveClock(absl::Time to);

  // plans.cpp
  static bool IsSchoolDay(const School& school, absl::CivilDay day);
  static bool IsOpenDay(const School& school, absl::CivilDay day);
  static bool IsLostWeek(const School& school, absl::CivilDay monday);
  void FollowClosures(const std::string& child);
  void FollowClosuresOf(const std::string& school);
  std::optional<absl::CivilDay> FirstSchoolDay(const std::string& child, absl::CivilDay monday) const;
  std::string CheckPairing(const std::string& child, const std::string& helper) const;
  Pairing& Start(const std::string& name, Pairing pairing);
  void Plan(Pairing& pairing, const std::string& name);
  void Replan(const std::string& child);
  void PlanDuties();
  void JudgeDuties();
  Subject SubjectOf(const Duty& duty) const;
  int WhyUncovered(const std::string& child) const;
  const Pairing* LastOf(const std::string& child) const;
  void Cover(const std::string& child);
  void TellUncovered();

  // talks.cpp
  std::string CheckContact(const ContactLogged& logged) const;
  bool MayClose(const Contact& talk, const Duty& duty) const;
  void Match(const std::string& child);
  void Close(Duty& duty, const Contact& talk, bool made_up);

  // office.cpp
  Alert& Raise(Subject subject, const Place& place, const std::string& helper = "");
  size_t FindAlert(const Subject& subject) const;  // alerts_.size(): there is none
  void Settle(size_t alert);
  std::string CheckMorning(const std::string& school, absl::CivilDay day) const;
  void Report(const Absent& absent, absl::CivilDay day);
  void ExcuseMorning(Morning& morning);
  void CloseMornings(const std::string& school, absl::CivilDay first, absl::CivilDay last);
  void MissAttendance(absl::Time since);
  void ClimbAlerts();

  absl::Time now_ = absl::InfinitePast();
  std::map<std::string, School> schools_;
  std::map<std::string, ChildPlaced> children_;
  Posts posts_;
  std::map<std::string, std::vector<DutyPolicy>> policies_;  // by county, in the order in which they were put
  std::map<std::string, Pairing> pairings_;
  std::vector<absl::CivilDay> lines_;  // the day on which each began
  std::vector<Duty> duties_;
  std::map<std::string, std::vector<size_t>> duties_of_;  // by child
  std::map<std::string, Contact> contacts_;
  std::map<std::string, std::vector<std::string>> talks_of_;  // by child, in the order of their reports
  std::vector<Alert> alerts_;
  std::map<std::pair<std::string, absl::CivilDay>, Morning> mornings_;  // by child and day
  std::map<std::string, absl::Time> uncovered_;  // child without anybody → when to tell so next
  Figures figures_;
  std::vector<std::string> surprises_;
};

}  // namespace tonghu::fault::model
