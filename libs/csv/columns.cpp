#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_replace.h"
#include "libs/csv/csv.h"

namespace tonghu::csv {
namespace {

constexpr size_t kMostListed = 40;     // names in an error
constexpr size_t kLongestListed = 60;  // bytes

// The name in a form in which names that officers take for the same become equal.
std::string Normal(std::string_view name) {
  static const auto& same = *new std::vector<std::pair<absl::string_view, absl::string_view>>{
      {" ", ""},      {"\t", ""}, {"\r", ""}, {"\n", ""},  {"\u00A0", ""},
      {"\u3000", ""}, {"*", ""},  {"＊", ""}, {"（", "("}, {"）", ")"}};
  return absl::StrReplaceAll({name.data(), name.size()}, same);
}

// The place of `name`: -1 when it is absent, -2 when it is there twice.
int PlaceOf(const std::vector<std::string>& header, std::string_view name) {
  const auto first = std::find(header.begin(), header.end(), name);
  if (first == header.end()) return -1;
  return std::find(first + 1, header.end(), name) == header.end() ? static_cast<int>(first - header.begin())
                                                                  : -2;
}

std::string Listed(const std::vector<std::string>& names) {
  std::string list;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i == kMostListed) return list + "等";
    if (i > 0) list += "、";
    list += names[i].size() <= kLongestListed ? names[i] : "（过长）";
  }
  return list;
}

absl::Status Missing(const std::vector<std::string>& missing, const std::vector<std::string>& found) {
  if (found.empty()) {
    return absl::InvalidArgumentError(
        fmt::format("表头中一个需要的列也没有，应有：{}；请检查第1行是否为表头", Listed(missing)));
  }
  return absl::InvalidArgumentError(fmt::format("缺少列：{}；表头中有：{}", Listed(missing), Listed(found)));
}

}  // namespace

absl::StatusOr<Columns> Columns::Find(const Table& table, absl::Span<const Column> wanted) {
  std::vector<std::string> header;
  for (const std::string& name : table.header) header.push_back(Normal(name));
  Columns columns;
  std::vector<std::string> missing;
  bool any = false;
  for (const Column& column : wanted) {
    int place = -1;
    for (size_t i = 0; i < column.names.size() && place == -1; ++i) {
      place = PlaceOf(header, Normal(column.names[i]));
      // Of two columns with one name nobody can say which is meant.
      if (place == -2)
        return absl::InvalidArgumentError(fmt::format("表头中“{}”列出现了两次", column.names[i]));
    }
    if (place == -1 && column.required) missing.push_back(column.names.front());
    any = any || place >= 0;
    columns.places_.push_back(place);
  }
  // Where no column at all was found, the first row is probably no header.
  if (!missing.empty()) return Missing(missing, any ? table.header : std::vector<std::string>());
  return columns;
}

std::string_view Columns::Cell(const Row& row, size_t index) const {
  const int place = places_[index];
  return place < 0 ? std::string_view() : Trim(row.fields[place]);
}

std::vector<std::string> Columns::Unread(const Table& table) const {
  std::vector<std::string> unread;
  for (size_t i = 0; i < table.header.size(); ++i) {
    // 序号 numbers the rows of a sheet; nothing is lost with it.
    if (table.header[i] == "序号") continue;
    if (std::find(places_.begin(), places_.end(), static_cast<int>(i)) != places_.end()) continue;
    if (std::any_of(table.rows.begin(), table.rows.end(),
                    [i](const Row& row) { return !Trim(row.fields[i]).empty(); }))
      unread.push_back(table.header[i]);
  }
  return unread;
}

}  // namespace tonghu::csv
