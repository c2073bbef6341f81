// What one thread of the load does: the daily work at some schools, by chance.
#pragma once

#include <map>
#include <random>
#include <string>
#include <vector>

#include "tests/fault/caller.h"
#include "tests/fault/province.h"

namespace tonghu::fault {

// Not thread-safe.
class Worker {
 public:
  // `schools` are its own, with their numbers among all.
  Worker(Province& province, const std::map<std::string, uint64_t>& schools, uint64_t seed,
         const std::string& name);

  // Does one thing. Gives how many contacts were acknowledged.
  int Act(uint64_t round);

 private:
  struct Child {
    std::string name, school;
    int grade = 0, class_number = 0;
    std::vector<pairing::v1::Pairing> pairings;  // that last
    bool talked_with = true;  // one in three never is, so that there are duties to be missed
  };
  struct School {
    std::string name;
    uint64_t number = 0;  // among all
    std::vector<size_t> children;
    std::vector<std::string> teachers;
    std::vector<registry::v1::Post> posts;  // of class teachers and the head
    uint64_t round = ~uint64_t{0};          // of the last thing that was done once a round
    int moves = 0;                          // in that round
    std::map<absl::CivilDay, bool> closed;  // holidays that its calendar has
  };
  // What a school is occupied with in a round: its calendar is not changed while attendance is taken, and
  // nobody acts on a child whose class is being changed.
  enum class Mood { kDirectory, kCalendar, kDaily };

  uint64_t Chance(uint64_t of) { return random_() % of; }
  static Mood MoodOf(const School& school, uint64_t round);
  bool IsOfAlerts(const Child& child, uint64_t round) const;

  void ChangeDirectory(School& school);
  void ChangeCalendar(School& school);
  void SendAttendance(School& school, uint64_t round);
  int ActOnPairing(Child& child, School& school);
  void ActOnAlerts(Child& child, School& school);
  int Talk(Child& child);
  int TalkWithMany(School& school, uint64_t round);
  void HandOver(Child& child, School& school);
  void EndAndPairAgain(Child& child, School& school);
  void Excuse(Child& child);
  void Answer(Child& child, School& school);
  pairing::v1::Contact ContactWith(const Child& child);

  Province& province_;
  Caller caller_;
  const uint64_t seed_;
  std::mt19937_64 random_;
  std::vector<Child> children_;
  std::vector<School> schools_;
};

}  // namespace tonghu::fault
