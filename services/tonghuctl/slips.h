// The page of slips on which first passwords are handed out.
#pragma once

#include <google/protobuf/repeated_ptr_field.h>

#include <string>

#include "tonghu/access/v1/account_service.pb.h"

namespace tonghu::tonghuctl {

// A page of HTML that prints on A4 with lines to cut along: a slip each, with login, first password and how
// to sign in. `address` is where; empty: left out.
std::string SlipsPage(const google::protobuf::RepeatedPtrField<access::v1::AccountSlip>& slips,
                      const std::string& address);

}  // namespace tonghu::tonghuctl
