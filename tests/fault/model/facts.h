// What was told from outside the services, in the order in which it happened: the story's givens and every
// call that was answered. People, children and things go by their resource names
// ("counties/520324/children/…"). Numbers of kinds and reasons are those of the protos.
#pragma once

#include <set>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace tonghu::fault::model {

struct SchoolPut {
  std::string school;
  std::string township;  // nine digits
};

// A child is registered, or goes to another class or school.
struct ChildPlaced {
  std::string child;
  std::string school;
  int grade = 0;
  int class_number = 0;
};

// "counties/…/posts/…"; empty people: nobody.
struct PostPut {
  std::string post;
  std::string holder;
  std::string deputy;
};

// One term of one school.
struct CalendarPut {
  std::string school;
  std::string term;
  absl::CivilDay first, last;
  std::set<absl::CivilDay> holidays;
  std::set<absl::CivilDay> makeup_days;
};

// A school is closed on these days.
struct SchoolClosed {
  std::string closure;
  std::string school;
  absl::CivilDay first, last;
};

// The closure was a mistake.
struct ClosureWithdrawn {
  std::string closure;
};

struct DutyPolicyPut {
  std::string county;
  absl::Duration report_grace;
  absl::Duration late_report_after;
};

struct PairingStarted {
  std::string pairing;
  std::string child;
  std::string helper;
  int role = 0;
};

struct PairingHandedOver {
  std::string pairing;
  std::string successor;  // a pairing
  std::string helper;
  std::string child = {};  // for a reader only
};

struct PairingEnded {
  std::string pairing;
  int reason = 0;
  std::string child = {};  // for a reader only
};

struct ContactLogged {
  std::string contact;
  std::string child;
  std::string helper;
  int kind = 0;
  absl::Time happened;
  std::string note;
};

struct DutyExcused {
  std::string child;
  std::string pairing;
  absl::CivilDay monday;  // of its week
};

struct Absent {
  std::string child;
  bool with_leave = false;
};

// A school's morning; without a school: single absences.
struct AttendanceReported {
  std::string school;
  absl::CivilDay day;
  std::vector<Absent> absent;
};

struct EmergencyReported {
  std::string alert;
  std::string child;
  int kind = 0;
  std::string reporter;
};

// What an alert is about, so that its name need not be known beforehand.
struct Subject {
  int kind = 0;
  std::string child;    // empty: a school
  std::string school;   // of an alert about a school
  absl::CivilDay day;   // the duty's Monday, or the morning
  std::string pairing;  // of the missed duty
  std::string alert;    // of an emergency
  friend bool operator==(const Subject&, const Subject&) = default;
};

struct AlertAnswered {
  Subject subject;
  std::string staff;
  std::string resolution;  // empty: acknowledged only
};

// The clock was moved here, and everything that was due by then has been done.
struct ClockMoved {};

using What = std::variant<SchoolPut, ChildPlaced, PostPut, CalendarPut, SchoolClosed, ClosureWithdrawn,
                          DutyPolicyPut, PairingStarted, PairingHandedOver, PairingEnded, ContactLogged,
                          DutyExcused, AttendanceReported, EmergencyReported, AlertAnswered, ClockMoved>;

struct Fact {
  absl::Time at;  // by the virtual clock
  What what;
  std::string refusal = {};  // the reason; empty: it was done
};

// "counties/520324" of any name below it.
std::string CountyOf(const std::string& name);
// The part behind the last slash.
std::string IdOf(const std::string& name);
// One line for a reader.
std::string ToText(const Subject& subject);
std::string ToText(const Fact& fact);

}  // namespace tonghu::fault::model
