// tonghuctl contact log --file.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "services/tonghuctl/session.h"

namespace tonghu::tonghuctl {

// Sends a whole file of contacts. With any row that can't be read nothing is sent; what the service refuses
// is listed by row.
absl::Status LogContactsOf(Session& session, const std::string& path, const std::string& county);

}  // namespace tonghu::tonghuctl
