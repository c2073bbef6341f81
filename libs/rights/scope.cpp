#include "libs/rights/scope.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace tonghu::rights {
namespace {

using directory::Place;

constexpr FieldClassSet kAllClasses{FieldClass::kName,    FieldClass::kIdNumber, FieldClass::kPhone,
                                    FieldClass::kAddress, FieldClass::kHealth,   FieldClass::kPsyche};

bool NamesChildren(const Area& area) { return !area.child_ids.empty(); }

bool IsCounty(const Area& area) {
  return area.township_code.empty() && area.school_id.empty() && !NamesChildren(area);
}

bool IsProvince(const Area& area) { return area.county.empty() && IsCounty(area); }

bool HasChild(const Area& area, std::string_view child_id) {
  return std::find(area.child_ids.begin(), area.child_ids.end(), child_id) != area.child_ids.end();
}

// Whether all of `place` lies in the area, which is no list of children.
bool HasPlace(const Area& area, const Place& place) {
  if (IsCounty(area)) return true;
  if (area.school_id.empty()) return area.township_code == place.township_code;
  if (area.school_id != place.school_id) return false;
  if (area.grade == 0) return true;
  return area.grade == place.grade && (area.class_number == 0 || area.class_number == place.class_number);
}

// Whether all of `inner` lies in `outer`; neither is a list of children, and both reach into one county.
bool Contains(const Area& outer, const Area& inner) {
  if (IsProvince(outer)) return true;
  if (IsProvince(inner)) return false;
  return HasPlace(outer, {inner.school_id, inner.township_code, inner.grade, inner.class_number});
}

}  // namespace

Scope Scope::Everything() {
  Scope scope;
  scope.province_ = scope.county_ = true;
  scope.shown_ = kAllClasses;
  return scope;
}

Scope Scope::Of(absl::Span<const Right> rights, RoleSet roles, std::string_view county) {
  Scope scope;
  for (const Right& right : rights) {
    const bool everywhere = IsProvince(right.area);
    if (!roles.Has(right.role) || !(everywhere || (!county.empty() && right.area.county == county))) continue;
    scope.province_ |= everywhere;
    scope.county_ |= IsCounty(right.area);
    // Most callers that cover everything have one right, and need no list.
    if (rights.size() > 1 || !everywhere) scope.parts_.push_back(&right);
    scope.shown_ = SeenBy(right.role);
  }
  if (!scope.parts_.empty()) scope.shown_ = scope.ShownByAreas();
  return scope;
}

// Each area shows what the roles show whose areas contain it; of a row that may lie in any, what all show.
FieldClassSet Scope::ShownByAreas() const {
  FieldClassSet all = kAllClasses;
  bool areas = false;
  for (const Right* inner : parts_) {
    if (NamesChildren(inner->area)) continue;
    areas = true;
    FieldClassSet here;
    for (const Right* outer : parts_) {
      if (!NamesChildren(outer->area) && Contains(outer->area, inner->area))
        here = here | SeenBy(outer->role);
    }
    all = all & here;
  }
  return areas ? all : FieldClassSet();
}

bool Scope::Covers(const Place& place, std::string_view child_id) const {
  if (county_) return true;
  const bool known = !place.school_id.empty() || !place.township_code.empty();
  return std::any_of(parts_.begin(), parts_.end(), [&](const Right* part) {
    if (NamesChildren(part->area)) return HasChild(part->area, child_id);
    return known && HasPlace(part->area, place);
  });
}

bool Scope::Names(std::string_view child_id) const {
  return county_ || std::any_of(parts_.begin(), parts_.end(),
                                [&](const Right* part) { return HasChild(part->area, child_id); });
}

bool Scope::Touches(const Place& school) const {
  return county_ || std::any_of(parts_.begin(), parts_.end(), [&](const Right* part) {
           const Area& area = part->area;
           if (NamesChildren(area)) return true;
           return area.school_id.empty() ? area.township_code == school.township_code
                                         : area.school_id == school.school_id;
         });
}

bool Scope::HasAreas() const {
  return county_ || std::any_of(parts_.begin(), parts_.end(),
                                [](const Right* part) { return !NamesChildren(part->area); });
}

bool Scope::HasTownships() const {
  return std::any_of(parts_.begin(), parts_.end(), [](const Right* part) {
    return !NamesChildren(part->area) && part->area.school_id.empty() && !part->area.township_code.empty();
  });
}

FieldClassSet Scope::Shows(std::string_view child_id) const {
  FieldClassSet shown = shown_;
  if (child_id.empty()) return shown;
  for (const Right* part : parts_) {
    if (HasChild(part->area, child_id)) shown = shown | SeenBy(part->role);
  }
  return shown;
}

bool Scope::ShowsAll() const { return shown_.HasAll(kAllClasses); }

Filter Scope::filter() const {
  Filter filter{.everything = county_};
  if (county_) return filter;
  for (const Right* part : parts_) {
    const Area& area = part->area;
    if (NamesChildren(area)) {
      filter.children.insert(filter.children.end(), area.child_ids.begin(), area.child_ids.end());
    } else if (area.school_id.empty()) {
      filter.townships.push_back(area.township_code);
    } else if (area.grade == 0) {
      filter.schools.push_back(area.school_id);
    } else {
      filter.classes.push_back({area.school_id, area.grade, area.class_number});
    }
  }
  return filter;
}

std::string Scope::Fingerprint() const {
  if (county_) return "";
  std::vector<std::string> texts;
  for (const Right* part : parts_) {
    const Area& area = part->area;
    texts.push_back(absl::StrCat(area.township_code, "/", area.school_id, "/", area.grade, "/",
                                 area.class_number, "/", absl::StrJoin(area.child_ids, ",")));
  }
  // The order of rights says nothing.
  std::sort(texts.begin(), texts.end());
  return absl::StrJoin(texts, ";");
}

}  // namespace tonghu::rights
