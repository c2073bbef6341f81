// Who may do what: the roles, the permissions each has, and the classes of personal data each sees. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/types/span.h"

namespace tonghu::rights {

// What somebody may do. The numbers are those of tonghu.access.v1.Role, also in databases.
enum class Role {
  kUnspecified = 0,
  kClassTeacher = 1,
  kHelper = 2,
  kSchoolHead = 3,
  kTownshipSupervisor = 4,
  kCountyOfficer = 5,
  kProvinceOfficer = 6,
  kSystemAdministrator = 7,
  kSecurityAdministrator = 8,
  kAuditor = 9,
  kGlassBreaker = 10,
  kLocalOperator = 11,
  kService = 12,
  kGateway = 13,
  kWhisperKeeper = 14
};
inline constexpr int kRoles = 15;

// A class of personal data. The numbers are those of tonghu.api.v1.FieldClass.
enum class FieldClass {
  kUnspecified = 0,
  kName = 1,
  kIdNumber = 2,
  kPhone = 3,
  kAddress = 4,
  kHealth = 5,
  kPsyche = 6
};

// A set of small enumerators: of roles, or of field classes.
template <class Value>
class Set {
 public:
  constexpr Set() = default;
  template <class... Values>
  constexpr explicit Set(Values... values) : bits_((0u | ... | Bit(values))) {}

  constexpr bool Has(Value value) const { return (bits_ & Bit(value)) != 0; }
  constexpr bool HasAll(Set other) const { return (other.bits_ & ~bits_) == 0; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr uint32_t bits() const { return bits_; }
  friend constexpr Set operator|(Set a, Set b) { return OfBits(a.bits_ | b.bits_); }
  friend constexpr Set operator&(Set a, Set b) { return OfBits(a.bits_ & b.bits_); }
  friend constexpr bool operator==(Set, Set) = default;

 private:
  static constexpr uint32_t Bit(Value value) { return 1u << static_cast<unsigned>(value); }
  static constexpr Set OfBits(uint32_t bits) {
    Set set;
    set.bits_ = bits;
    return set;
  }
  uint32_t bits_ = 0;
};
using RoleSet = Set<Role>;
using FieldClassSet = Set<FieldClass>;

// A row of the table.
struct Permission {
  std::string_view name;  // "contacts.create"
  RoleSet roles;          // that have the permission
};

// The table, by name.
absl::Span<const Permission> Permissions();

// The roles that have a permission; none when no such permission exists.
std::optional<RoleSet> RolesWith(std::string_view permission);

// The classes of personal data that somebody with the role sees.
FieldClassSet SeenBy(Role role);

}  // namespace tonghu::rights
