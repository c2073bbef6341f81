#include "services/tonghuctl/contacts_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "libs/clock/timestamp.h"
#include "libs/csv/csv.h"
#include "libs/forms/typed.h"
#include "libs/forms/words.h"
#include "libs/ids/ids.h"
#include "libs/status/macros.h"

namespace tonghu::tonghuctl {
namespace {

using pairing::v1::Concern;
using pairing::v1::Contact;
using pairing::v1::ContactKind;

constexpr size_t kMaxErrors = 100;

// The places in Wanted() and Wrongs().
enum Place { kChild, kHelper, kKind, kAt, kNote, kMood, kConcerns };

// The columns of the file, each by any of its names.
const std::vector<csv::Column>& Wanted() {
  static const auto& wanted = *new std::vector<csv::Column>{
      {{"child", "儿童编号", "儿童"}}, {{"helper", "工号", "帮扶人"}},    {{"kind", "方式"}},
      {{"at", "时间", "发生时间"}},    {{"note", "备注", "内容"}, false}, {{"mood", "情绪"}, false},
      {{"concerns", "需关注"}, false},
  };
  return wanted;
}

// The error of a cell that can't be read, by column.
struct Wrong {
  const char* reason;
  std::string message;
};
// In the order of Place. A note can always be read.
const std::vector<Wrong>& Wrongs() {
  static const auto& wrongs = *new std::vector<Wrong>{
      {"NAME_MALFORMED", "应为儿童编号（短编号需同时给出 --county）"},
      {"NAME_MALFORMED", "应为工号（短编号需同时给出 --county）"},
      {"KIND_UNKNOWN", fmt::format("应为下列之一：{}", forms::Labels<ContactKind>())},
      {"TIME_MALFORMED", "应为时间，例如 2026-09-04 15:30"},
      {"", ""},
      {"MOOD_UNKNOWN", fmt::format("应为下列之一，或留空：{}", forms::Labels<pairing::v1::Mood>())},
      {"CONCERNS_INVALID",
       fmt::format("应为下列各项，每项一次，以顿号隔开，或留空：{}", forms::Labels<Concern>())},
  };
  return wrongs;
}

// Reads "情绪、监护" into the contact. False: one of them is no concern.
bool ReadConcerns(std::string_view cell, Contact& contact) {
  const std::string words =
      absl::StrReplaceAll(absl::string_view(cell.data(), cell.size()), {{"、", ","}, {"，", ","}, {" ", ""}});
  for (const std::string& word : std::vector<std::string>(absl::StrSplit(words, ',', absl::SkipEmpty()))) {
    const auto concern = forms::ParseEnum<Concern>(word);
    if (concern == pairing::v1::CONCERN_UNSPECIFIED) return false;
    contact.add_concerns(concern);
  }
  return true;
}

// Reads a row; adds it, or its errors.
void Read(const csv::Row& row, const csv::Columns& columns, std::string_view county, ContactsFile& file) {
  const auto cell = [&](Place place) { return columns.Cell(row, place); };
  const auto name = [&](Place place, std::string_view collection) {
    return forms::Typed(county).Name("", collection, cell(place));
  };
  const auto time = forms::ParseTime(cell(kAt));
  ContactRow read{row.number, {}};
  Contact& contact = *read.request.mutable_contact();
  contact.set_child(name(kChild, "children"));
  contact.set_helper(name(kHelper, "staffMembers"));
  contact.set_kind(forms::ParseEnum<ContactKind>(cell(kKind)));
  if (time.ok()) *contact.mutable_happen_time() = clock::ToTimestamp(*time);
  contact.set_note(std::string(cell(kNote)));
  contact.set_mood(forms::ParseEnum<pairing::v1::Mood>(cell(kMood)));
  const bool mood_read = cell(kMood).empty() || contact.mood() != pairing::v1::MOOD_UNSPECIFIED;
  const bool good[] = {!contact.child().empty(),
                       !contact.helper().empty(),
                       contact.kind() != pairing::v1::CONTACT_KIND_UNSPECIFIED,
                       time.ok(),
                       true,
                       mood_read,
                       ReadConcerns(cell(kConcerns), contact)};
  // Beyond so many errors nobody reads on, and nothing is sent anyway.
  for (size_t i = 0; i < std::size(good) && file.errors.size() < kMaxErrors; ++i) {
    if (good[i]) continue;
    RowError& error = file.errors.emplace_back();
    error.set_row(row.number);
    error.set_column(Wanted()[i].names.front());
    error.set_reason(Wrongs()[i].reason);
    error.set_message(Wrongs()[i].message);
  }
  if (!std::all_of(std::begin(good), std::end(good), [](bool one) { return one; })) return;
  // The row's identity is everything that it says.
  read.request.set_request_id(ids::Derived(read.request.SerializeAsString()));
  file.rows.push_back(std::move(read));
}

}  // namespace

absl::StatusOr<ContactsFile> ParseContacts(std::string_view bytes, std::string_view county) {
  ASSIGN_OR_RETURN(const auto table, csv::Parse(bytes));
  ASSIGN_OR_RETURN(const auto columns, csv::Columns::Find(table, Wanted()));
  if (const auto unread = columns.Unread(table); !unread.empty()) {
    return absl::InvalidArgumentError(fmt::format(
        "没有“{}”这一列，其中的内容会丢失；请核对列名是否写错，不需要的列请删除", unread.front()));
  }
  ContactsFile file{.rows_read = table.rows.size()};
  for (const csv::Row& row : table.rows) Read(row, columns, county, file);
  return file;
}

std::vector<size_t> BatchEnds(const std::vector<ContactRow>& rows, size_t max_rows, size_t max_bytes) {
  std::vector<size_t> ends;
  size_t begin = 0;
  size_t bytes = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    const size_t size = rows[i].request.ByteSizeLong();
    // A batch is never empty: a row that alone is too large goes alone, and the service judges it.
    if (i > begin && (i - begin == max_rows || bytes + size > max_bytes)) {
      ends.push_back(i);
      begin = i;
      bytes = 0;
    }
    bytes += size;
  }
  if (!rows.empty()) ends.push_back(rows.size());
  return ends;
}

}  // namespace tonghu::tonghuctl
