#include "tests/bench/results.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

namespace tonghu::bench {
namespace {

std::string Number(double value) {
  return value >= 100 ? fmt::format("{:.0f}", value) : fmt::format("{:.2f}", value);
}

std::string NumberOr(double value, const char* none) { return value == 0 ? none : Number(value); }

std::string Spread(const std::vector<double>& values) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return fmt::format("{} – {}", Number(*low), Number(*high));
}

nlohmann::json JsonOf(const Figure& figure) {
  nlohmann::json json = {{"name", figure.first.name}};
  if (!figure.not_run.empty()) {
    json["not_run"] = figure.not_run;
    return json;
  }
  const auto [low, high] = std::minmax_element(figure.values.begin(), figure.values.end());
  json["unit"] = figure.first.unit;
  json["better"] = figure.first.better == Better::kHigher ? "higher" : "lower";
  json["median"] = Median(figure.values);
  json["min"] = *low;
  json["max"] = *high;
  json["runs"] = figure.values;
  json["fixed_work_seconds"] = figure.fixed_work;
  json["aim"] = figure.first.aim == 0 ? nlohmann::json() : nlohmann::json(figure.first.aim);
  if (!figure.floors.empty()) {
    json["against"] = figure.first.against;
    json["floor"] = Median(figure.floors);
    json["floors"] = figure.floors;
    json["ratio"] = Ratio(figure);
  }
  return json;
}

}  // namespace

double Quantile(std::vector<double> values, double share) {
  const auto rank = static_cast<size_t>(std::ceil(share * static_cast<double>(values.size())));
  const auto place = values.begin() + static_cast<std::ptrdiff_t>(std::max<size_t>(rank, 1) - 1);
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

double Median(std::vector<double> values) { return Quantile(std::move(values), 0.5); }

double Ratio(const Figure& figure) {
  std::vector<double> ratios;
  for (size_t i = 0; i < figure.floors.size(); ++i) {
    const double value = figure.values[i], floor = figure.floors[i];
    ratios.push_back(figure.first.better == Better::kHigher ? floor / value : value / floor);
  }
  return ratios.empty() ? 0 : Median(std::move(ratios));
}

void Figures::Add(const Sample& sample) {
  auto found = std::find_if(all_.begin(), all_.end(),
                            [&](const Figure& figure) { return figure.first.name == sample.name; });
  if (found == all_.end()) found = all_.insert(all_.end(), Figure{sample, {}, {}, {}, ""});
  found->values.push_back(sample.value);
  if (sample.floor != 0) found->floors.push_back(sample.floor);
  found->fixed_work.push_back(fixed_work_);
}

void Figures::NotRun(const std::string& name, const std::string& why) {
  all_.push_back({{.name = name}, {}, {}, {}, why});
}

double Figures::MedianOf(const std::string& name) const {
  for (const Figure& figure : all_) {
    if (figure.first.name == name && !figure.values.empty()) return Median(figure.values);
  }
  return 0;
}

void Print(const std::vector<Figure>& figures) {
  const auto line = [](const auto&... columns) {
    fmt::print("{:<80} {:>9} {:>19} {:>10} {:>9} {:>6} {:>8} {:>7}\n", columns...);
  };
  line("what", "median", "min – max", "unit", "floor", "ratio", "aim", "fixed s");
  for (const Figure& figure : figures) {
    if (!figure.not_run.empty()) {
      fmt::print("{:<80} not run: {}\n", figure.first.name, figure.not_run);
      continue;
    }
    line(figure.first.name, Number(Median(figure.values)), Spread(figure.values), figure.first.unit,
         figure.floors.empty() ? "-" : Number(Median(figure.floors)), NumberOr(Ratio(figure), "-"),
         NumberOr(figure.first.aim, "-"), Number(Median(figure.fixed_work)));
  }
}

absl::Status Write(const std::vector<Figure>& figures, const std::string& path) {
  nlohmann::json array = nlohmann::json::array();
  for (const Figure& figure : figures) array.push_back(JsonOf(figure));
  if (const auto folder = std::filesystem::path(path).parent_path(); !folder.empty())
    std::filesystem::create_directories(folder);
  std::ofstream file(path);
  file << array.dump(2) << "\n";
  file.close();
  return file ? absl::OkStatus() : absl::UnavailableError("can't write " + path);
}

}  // namespace tonghu::bench
