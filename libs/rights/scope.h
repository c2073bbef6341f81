// Where somebody has rights, and what of a county a caller may reach with them. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "libs/directory/place.h"
#include "libs/rights/table.h"

namespace tonghu::rights {

// A part of the province. Every field that is set narrows; all empty: the province.
struct Area {
  std::string county;                  // six digits; "000000" is the platform as a whole
  std::string township_code;           // nine digits; only told, not looked at, where a school is set
  std::string school_id;               // unique in the county
  int grade = 0;                       // 0: all
  int class_number = 0;                // within the grade; 0: all of the grade
  std::vector<std::string> child_ids;  // not empty: these children, wherever in the county they are

  friend bool operator==(const Area&, const Area&) = default;
};

// A role in an area.
struct Right {
  Role role = Role::kUnspecified;
  Area area;

  friend bool operator==(const Right&, const Right&) = default;
};

// What rows of a list a caller may see, in the form that SQL takes (libs/rights/sql.h). A row that any of the
// parts allows is seen.
struct Filter {
  struct Class {
    std::string school_id;
    int grade = 0;         // at least 1
    int class_number = 0;  // 0: all of the grade
  };
  bool everything = false;  // of the county
  std::vector<std::string> townships;
  std::vector<std::string> schools;
  std::vector<Class> classes;
  std::vector<std::string> children;
};

// What of one county lies open to a caller for one permission. Copied freely; refers to the rights it was
// made of, which outlive it. Thread-safe.
class Scope {
 public:
  // Reaches nothing.
  Scope() = default;
  // Reaches everything, whoever asks: the scope of work without a caller.
  static Scope Everything();
  // What the rights of the roles in `roles` reach of a county. `county` empty: the call is about no county,
  // and a scope then reaches everything or nothing.
  static Scope Of(absl::Span<const Right> rights, RoleSet roles, std::string_view county);

  bool CoversProvince() const { return province_; }
  bool CoversCounty() const { return county_; }
  bool empty() const { return !county_ && parts_.empty(); }

  // Whether a child at the place, or what is about the child, lies inside; an empty `child_id`: all of the
  // place (a school has grade 0, a whole grade class 0, a township no school). Of a place that is not known,
  // an empty one, only what names the child lies inside.
  bool Covers(const directory::Place& place, std::string_view child_id = "") const;
  // Whether the child lies inside wherever it is.
  bool Names(std::string_view child_id) const;
  // Whether the school or a part of it lies inside. A scope that names children touches each school: where
  // the children are is not known here.
  bool Touches(const directory::Place& school) const;
  // Whether a part is an area rather than children: only then a child's place can decide.
  bool HasAreas() const;
  // Whether a part is a township: only then a school's township can decide.
  bool HasTownships() const;

  // The classes of personal data that are shown of what is about the child; empty: of what is about no known
  // child. Where areas overlap or lie beside each other, what all of them show: where a row lies is not
  // known here. For a child that is named, also what the naming role sees.
  FieldClassSet Shows(std::string_view child_id) const;
  // Whether that is every class, of whatever child.
  bool ShowsAll() const;

  Filter filter() const;
  // A text that differs where filters differ, to which page tokens are bound. Empty for the whole county.
  std::string Fingerprint() const;

 private:
  FieldClassSet ShownByAreas() const;

  bool province_ = false, county_ = false;
  FieldClassSet shown_;              // of what no part names
  std::vector<const Right*> parts_;  // that reach into the county; may be left out where one right covers all
};

}  // namespace tonghu::rights
