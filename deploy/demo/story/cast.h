// The cast of the story: two counties with a school each, their children, and the people who answer for them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/client/client.h"

namespace tonghu::demo {

inline constexpr char kVillage[] = "520324";  // the village school's county; its head's post is vacant
inline constexpr char kMining[] = "520203";   // the mining-district school's county

// A child of a school.
struct Member {
  std::string name;  // counties/…/children/…
  std::string display_name;
  std::string teacher;  // counties/…/staffMembers/… of its class teacher
  bool boy = false;
  int grade = 0;
  bool focus = false;  // of the care level 重点关注
};

// A school with its children and officers.
struct School {
  std::string county;
  std::string name;  // counties/…/schools/…
  std::string display_name;
  std::vector<Member> children;  // by grade, then name of resource
  std::map<std::string, std::string>
      officers;  // post id → counties/…/staffMembers/…; vacant posts are not in it
};

struct Cast {
  School village, mining;
  std::map<std::string, std::string> staff_names;  // counties/…/staffMembers/… → name
};

// Reads the cast from the registry, after the rosters were imported.
absl::StatusOr<Cast> ReadCast(client::Client& clients);

}  // namespace tonghu::demo
