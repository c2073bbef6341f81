// The import of a whole roster into a county: all of it, or nothing.
#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "libs/clock/clock.h"
#include "libs/ids/ids.h"
#include "libs/postgres/pool.h"
#include "tonghu/registry/v1/import_service.pb.h"

namespace tonghu::registry {

// What an import works with. The references outlive it.
struct ImportParts {
  postgres::Pool& pool;
  const clock::Clock& clock;
  ids::Source& ids;
  std::function<int(std::string_view county)> shard_of;
  std::function<absl::Status()> admit;  // whether this replica takes commands now
};

// A file as it was uploaded.
struct RosterFile {
  v1::ImportHeader header;
  std::string bytes;
  std::string actor = {};  // who sends it (journal Event::actor)
};

// Imports a file. `wanted` tells whether the caller still waits. Blocks, for seconds when the file is large.
// Faulty rows are no error: the response lists them. Errors: INVALID_ARGUMENT for a header that makes no
// sense or a file that can't be read as a table (FILE_MALFORMED, with the row; FILE_TOO_LARGE); CANCELLED
// when `wanted` was false before anything was stored; as postgres::Connection.
absl::StatusOr<v1::ImportRosterResponse> ImportRoster(const ImportParts& parts, RosterFile file,
                                                      const std::function<bool()>& wanted);

inline constexpr int64_t kLargestFile = 64 << 20;  // bytes

// Checks that the header names a kind of roster, and no more bytes than kLargestFile; a refusal otherwise.
// The county was read before.
absl::Status CheckHeader(const v1::ImportHeader& header);

}  // namespace tonghu::registry
