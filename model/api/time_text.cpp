// RFC 3339 texts of object times, in integers and without locale.
#include <fmt/format.h>

#include <cstddef>
#include <cstdint>

#include "model/api/meta.h"

namespace sdbtwin::api {

namespace {

constexpr int64_t kSecondsPerDay = 86400;
constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int64_t kNanosPerMicro = 1'000;
constexpr int64_t kEpochSeconds = 1735689600;  // 2025-01-01T00:00:00Z [us]

struct Date {
  int64_t year;
  int64_t month;  // 1..12
  int64_t day;    // 1..31
};

int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// Days since 1970-01-01 in the Gregorian calendar. The year is counted from March, so that the leap
// day is its last: the months March..January then start at (153 m + 2) / 5.
int64_t days_of(const Date& date) {
  const int64_t year = date.month <= 2 ? date.year - 1 : date.year;
  const int64_t era = floor_div(year, 400);
  const int64_t year_of_era = year - era * 400;
  const int64_t month = (date.month + 9) % 12;
  const int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

Date date_of(int64_t days) {
  const int64_t shifted = days + 719468;
  const int64_t era = floor_div(shifted, 146097);
  const int64_t day_of_era = shifted - era * 146097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t month = (5 * day_of_year + 2) / 153;
  const int64_t year = year_of_era + era * 400 + (month >= 10 ? 1 : 0);
  return {year, month < 10 ? month + 3 : month - 9, day_of_year - (153 * month + 2) / 5 + 1};
}

void append_digits(std::string& text, int64_t value, int count) {
  int64_t unit = 1;
  for (int i = 1; i < count; ++i) unit *= 10;
  for (; unit > 0; unit /= 10) text.push_back(static_cast<char>('0' + value / unit % 10));
}

// By hand, because each condition of each status write has such a text. Years 0 to 9999.
std::string text_of(int64_t seconds) {
  const int64_t days = floor_div(seconds, kSecondsPerDay);
  const int64_t rest = seconds - days * kSecondsPerDay;
  const Date date = date_of(days);
  std::string text;
  text.reserve(std::string_view("2006-01-02T15:04:05.000000Z").size());
  append_digits(text, date.year, 4);
  text.push_back('-');
  append_digits(text, date.month, 2);
  text.push_back('-');
  append_digits(text, date.day, 2);
  text.push_back('T');
  append_digits(text, rest / 3600, 2);
  text.push_back(':');
  append_digits(text, rest / 60 % 60, 2);
  text.push_back(':');
  append_digits(text, rest % 60, 2);
  return text;
}

// Reads fixed-width fields from the front of a text; `ok` stays false after the first mismatch.
struct Reader {
  std::string_view text;
  bool ok = true;

  int64_t digits(size_t count) {
    int64_t value = 0;
    for (size_t index = 0; index < count; ++index) {
      if (text.size() <= index || text[index] < '0' || text[index] > '9') {
        ok = false;
        return 0;
      }
      value = value * 10 + (text[index] - '0');
    }
    text.remove_prefix(count);
    return value;
  }

  void expect(char wanted) {
    if (text.starts_with(wanted)) {
      text.remove_prefix(1);
    } else {
      ok = false;
    }
  }

  // ".123456789": microseconds, the rest cut off.
  int64_t fraction() {
    if (!text.starts_with('.')) return 0;
    text.remove_prefix(1);
    int64_t micros = 0;
    int64_t unit = kMicrosPerSecond / 10;
    size_t used = 0;
    for (; used < text.size() && text[used] >= '0' && text[used] <= '9'; ++used) {
      micros += (text[used] - '0') * unit;
      unit /= 10;
    }
    ok = ok && used > 0;
    text.remove_prefix(used);
    return micros;
  }

  // "Z", or "+01:30": seconds to subtract.
  int64_t offset() {
    if (text == "Z" || text == "z") {
      text = {};
      return 0;
    }
    const int64_t sign = text.starts_with('-') ? -1 : 1;
    expect(sign < 0 ? '-' : '+');
    const int64_t hours = digits(2);
    expect(':');
    const int64_t minutes = digits(2);
    return sign * (hours * 3600 + minutes * 60);
  }
};

int64_t month_length(int64_t year, int64_t month) {
  const int64_t next_year = month == 12 ? year + 1 : year;
  return days_of({next_year, month % 12 + 1, 1}) - days_of({year, month, 1});
}

}  // namespace

std::string to_string(Timestamp time) { return text_of(time.seconds) + "Z"; }

std::string to_string(MicroTime time) {
  const int64_t seconds = floor_div(time.microseconds, kMicrosPerSecond);
  return fmt::format("{}.{:06}Z", text_of(seconds), time.microseconds - seconds * kMicrosPerSecond);
}

std::optional<MicroTime> parse_micro_time(std::string_view rfc3339) {
  Reader reader{rfc3339};
  Date date{};
  date.year = reader.digits(4);
  reader.expect('-');
  date.month = reader.digits(2);
  reader.expect('-');
  date.day = reader.digits(2);
  if (reader.text.starts_with('t')) {
    reader.expect('t');
  } else {
    reader.expect('T');
  }
  const int64_t hour = reader.digits(2);
  reader.expect(':');
  const int64_t minute = reader.digits(2);
  reader.expect(':');
  const int64_t second = reader.digits(2);
  const int64_t micros = reader.fraction();
  const int64_t offset = reader.offset();
  if (!reader.ok || !reader.text.empty()) return std::nullopt;
  if (date.month < 1 || date.month > 12 || hour > 23 || minute > 59 || second > 59) {
    return std::nullopt;
  }
  if (date.day < 1 || date.day > month_length(date.year, date.month)) return std::nullopt;
  const int64_t seconds =
      days_of(date) * kSecondsPerDay + hour * 3600 + minute * 60 + second - offset;
  return MicroTime{seconds * kMicrosPerSecond + micros};
}

std::optional<Timestamp> parse_timestamp(std::string_view rfc3339) {
  std::optional<MicroTime> time = parse_micro_time(rfc3339);
  if (!time) return std::nullopt;
  return Timestamp{floor_div(time->microseconds, kMicrosPerSecond)};
}

MicroTime ClusterTime::micro_at(sim::Time time) {
  return {kEpochSeconds * kMicrosPerSecond +
          floor_div(time.time_since_epoch().count(), kNanosPerMicro)};
}

Timestamp ClusterTime::at(sim::Time time) {
  return {floor_div(micro_at(time).microseconds, kMicrosPerSecond)};
}

sim::Time ClusterTime::to_run(MicroTime time) {
  return sim::Time(
      sim::Duration((time.microseconds - kEpochSeconds * kMicrosPerSecond) * kNanosPerMicro));
}

sim::Time ClusterTime::to_run(Timestamp timestamp) {
  return to_run(MicroTime{timestamp.seconds * kMicrosPerSecond});
}

}  // namespace sdbtwin::api
