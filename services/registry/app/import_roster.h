// Bringing a whole roster into a county: all of it, or nothing.
#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "libs/clock/clock.h"
#include "libs/ids/ids.h"
#include "libs/postgres/pool.h"
#include "tonghu/registry/v1/import_service.pb.h"

namespace tonghu::registry {

struct ImportParts {
  postgres::Pool& pool;
  const clock::Clock& clock;
  ids::Source& ids;
  std::function<int(std::string_view county)> shard_of;
  std::function<absl::Status()> admit;  // whether this replica takes commands now
};

struct RosterFile {
  v1::ImportHeader header;
  std::string bytes;
  std::string actor = {};  // who sends it (journal Event::actor)
};

// Errors: INVALID_ARGUMENT for a header that says nothing sensible or a file that can't be read as a table
// (FILE_MALFORMED, with the row; FILE_TOO_LARGE); CANCELLED when `wanted` says so
// before anything is stored; as postgres::Connection. Faulty rows are no error: they are in the response.
// Blocks, for seconds when the file is large.
absl::StatusOr<v1::ImportRosterResponse> ImportRoster(const ImportParts& parts, RosterFile file,
                                                      const std::function<bool()>& wanted);

// A refusal unless the header names a kind of roster. The county has been read before.
absl::Status CheckHeader(const v1::ImportHeader& header);

}  // namespace tonghu::registry
