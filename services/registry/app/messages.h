// Conversions between messages of the API and the domain.
#pragma once

#include <string>
#include <string_view>

#include "services/registry/domain/child.h"
#include "services/registry/domain/directory.h"
#include "tonghu/registry/v1/child.pb.h"
#include "tonghu/registry/v1/directory.pb.h"

namespace tonghu::registry {

// The id in a reference to a resource of `county`; empty for an empty reference. With a fault, NAME_MALFORMED
// or COUNTY_MISMATCH, the id is empty too.
std::string IdIn(const std::string& name, std::string_view collection, std::string_view field,
                 std::string_view county, Faults& faults);

// The dossier in a message about a child of `county`. Adds faults of resource names only; a date that can't
// be read is left out.
Dossier DossierOf(const v1::Child& message, std::string_view county, Faults& faults);
v1::Child MessageOf(const Child& child);

// The rows in the messages, whose own names were read before (`county`, ids). Adds faults of the names inside
// a post.
School SchoolOf(const v1::School& message, std::string_view county);
StaffMember StaffMemberOf(const v1::StaffMember& message, std::string_view county, Faults& faults);
Post PostOf(const v1::Post& message, std::string_view county, Faults& faults);
v1::School MessageOf(const School& school);
v1::StaffMember MessageOf(const StaffMember& member);
v1::Post MessageOf(const Post& post);

}  // namespace tonghu::registry
