// A file of contacts, with the columns child, helper, kind, at and note, or their Chinese names. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "tonghu/pairing/v1/contact_service.pb.h"
#include "tonghu/registry/v1/import_service.pb.h"

namespace tonghu::tonghuctl {

using registry::v1::RowError;  // the message in Chinese, without personal data

// One row that was read.
struct ContactRow {
  int row;  // in the file; the header is 1
  pairing::v1::CreateContactRequest request;
};

// A whole file.
struct ContactsFile {
  size_t rows_read = 0;
  std::vector<ContactRow> rows;
  std::vector<RowError> errors;  // at most 100; with any, nothing should be sent
};

// Reads the whole file for `county` (as --county says it; may be empty when every name is a full one). A
// row's request id is derived from what the row says: the same row sent again, also from another file, is
// recorded once. Errors: as csv::Parse and csv::Columns::Find; INVALID_ARGUMENT for a column that nobody
// reads.
absl::StatusOr<ContactsFile> ParseContacts(std::string_view bytes, std::string_view county);

// Cuts rows into batches, each with at most `max_rows` rows and, unless one row alone is larger, `max_bytes`.
// Gives the end of each batch.
std::vector<size_t> BatchEnds(const std::vector<ContactRow>& rows, size_t max_rows, size_t max_bytes);

}  // namespace tonghu::tonghuctl
