#include <csv.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "libs/csv/csv.h"
#include "libs/status/macros.h"

namespace tonghu::csv {
namespace {

constexpr size_t kChunk = 64u << 10;

int NoSpace(unsigned char) { return 0; }

bool IsBlank(const std::vector<std::string>& fields) {
  return std::all_of(fields.begin(), fields.end(),
                     [](const std::string& field) { return Trim(field).empty(); });
}

// Gathers the fields and rows that libcsv reports by callbacks. After the first error everything else is
// ignored.
class Gatherer {
 public:
  explicit Gatherer(const Limits& limits) : limits_(limits) {}

  void AddField(std::string_view text) {
    if (!status_.ok()) return;
    CheckFieldSize(text.size());
    if (!status_.ok()) return;
    if (fields_.size() == limits_.max_fields) return Exceeded("超过", limits_.max_fields, "列");
    fields_.emplace_back(text);
  }

  // `bytes` is what a field has so far.
  void CheckFieldSize(size_t bytes) {
    if (bytes > limits_.max_field_bytes) {
      Exceeded("单元格超过", limits_.max_field_bytes, "字节，也可能是引号没有成对");
    }
  }

  // `end` is the byte that ended the row, or -1 at the end of the file.
  void EndRow(int end) {
    if (!status_.ok()) return;
    // Told to report every line end (CSV_REPALL_NL), libcsv reports one for "\r" and an empty row for the
    // "\n" after it. The latter must not count: rows would have other numbers than a spreadsheet shows.
    const bool second_half_of_crlf = fields_.empty() && end == '\n' && last_end_ == '\r';
    last_end_ = end;
    if (second_half_of_crlf) return;
    std::vector<std::string> fields = std::exchange(fields_, {});
    if (!IsBlank(fields)) {
      table_.header.empty() ? SetHeader(std::move(fields)) : AddRow(std::move(fields));
    }
    ++number_;
  }

  void Fail(absl::StatusCode code, std::string_view what) {
    if (status_.ok()) status_ = absl::Status(code, fmt::format("第{}行：{}", number_ + 1, what));
  }

  const absl::Status& status() const { return status_; }
  absl::StatusOr<Table> Finish() {
    if (!status_.ok()) return status_;
    if (table_.header.empty()) return absl::InvalidArgumentError("文件是空的，第1行应为表头");
    return std::move(table_);
  }

 private:
  void Exceeded(std::string_view before, size_t limit, std::string_view unit) {
    Fail(absl::StatusCode::kResourceExhausted, fmt::format("{}{}{}", before, limit, unit));
  }

  void SetHeader(std::vector<std::string> fields) {
    for (std::string& field : fields) field = std::string(Trim(field));
    // EndRow has passed over blank rows, so at least one field is not empty.
    while (fields.back().empty()) fields.pop_back();
    table_.header = std::move(fields);
  }

  void AddRow(std::vector<std::string> fields) {
    if (table_.rows.size() == limits_.max_rows)
      return Exceeded("数据超过", limits_.max_rows, "行，请分成几个文件");
    const size_t width = table_.header.size();
    for (size_t i = width; i < fields.size(); ++i) {
      if (!Trim(fields[i]).empty()) {
        return Fail(absl::StatusCode::kInvalidArgument,
                    fmt::format("第{}列有内容，但表头只有{}列；单元格里的逗号要放在引号内", i + 1, width));
      }
    }
    // Spreadsheets leave out empty cells at the end of a row.
    fields.resize(width);
    table_.rows.push_back({number_ + 1, std::move(fields)});
  }

  const Limits& limits_;
  Table table_;
  std::vector<std::string> fields_;
  int number_ = 0;  // rows ended so far
  int last_end_ = -1;
  absl::Status status_;
};

void OnField(void* text, size_t size, void* gatherer) {
  static_cast<Gatherer*>(gatherer)->AddField({static_cast<const char*>(text), size});
}

void OnRow(int end, void* gatherer) { static_cast<Gatherer*>(gatherer)->EndRow(end); }

// Owns a libcsv parser. Strict: a quote inside an unquoted field, and a quote that does not close, are
// errors.
class Parser {
 public:
  Parser() {
    ok_ = csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) == 0;
    csv_set_space_func(&parser_, &NoSpace);  // keep blanks as written
    csv_set_blk_size(&parser_, kChunk);
  }
  ~Parser() { csv_free(&parser_); }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  void set_separator(char separator) { csv_set_delim(&parser_, static_cast<unsigned char>(separator)); }

  void Run(std::string_view text, Gatherer& gatherer) {
    if (!ok_) return gatherer.Fail(absl::StatusCode::kInternal, "libcsv can't start");
    // The text goes in pieces, because libcsv can't be told to stop: so a field exceeds its limit by one
    // piece at most.
    for (size_t at = 0; at < text.size() && gatherer.status().ok(); at += kChunk) {
      const std::string_view chunk = text.substr(at, kChunk);
      if (csv_parse(&parser_, chunk.data(), chunk.size(), &OnField, &OnRow, &gatherer) != chunk.size()) {
        return Refuse(gatherer, "引号用错：带引号的单元格应整格括起，格内的引号写两个");
      }
      gatherer.CheckFieldSize(parser_.entry_pos);  // a quote left open would swallow the rest of the file
    }
    if (gatherer.status().ok() && csv_fini(&parser_, &OnField, &OnRow, &gatherer) != 0) {
      Refuse(gatherer, "从这一行起，引号没有成对");
    }
  }

 private:
  void Refuse(Gatherer& gatherer, std::string_view quotes) {
    if (csv_error(&parser_) == CSV_EPARSE) return gatherer.Fail(absl::StatusCode::kInvalidArgument, quotes);
    gatherer.Fail(absl::StatusCode::kResourceExhausted, "内存不足");
  }

  csv_parser parser_{};
  bool ok_ = false;
};

char SeparatorOf(std::string_view text) {
  const std::string_view first_line = text.substr(0, text.find_first_of("\r\n"));
  const auto has = [first_line](char c) { return first_line.find(c) != std::string_view::npos; };
  return has('\t') && !has(',') ? '\t' : ',';
}

}  // namespace

absl::StatusOr<Table> Parse(std::string_view bytes, const Limits& limits) {
  if (bytes.size() > limits.max_bytes) {
    return absl::ResourceExhaustedError(fmt::format("文件超过{}字节，请分成几个文件", limits.max_bytes));
  }
  ASSIGN_OR_RETURN(const auto text, ToUtf8(bytes));
  Gatherer gatherer(limits);
  Parser parser;
  parser.set_separator(SeparatorOf(text));
  parser.Run(text, gatherer);
  return gatherer.Finish();
}

}  // namespace tonghu::csv
