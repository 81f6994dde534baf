using System.Globalization;
using AgentSystem.TelemetryStore.LogQl.Syntax;
using Microsoft.Extensions.Primitives;

namespace AgentSystem.TelemetryStore.Loki;

/// <summary>What a client sends, in the query of the address or as a form, with Loki's defaults and error texts.</summary>
internal sealed class RequestParameters
{
    private const long MaxPoints = 11_000;
    private const int DefaultLimit = 100;

    private readonly IQueryCollection _query;
    private readonly IFormCollection? _form;
    private readonly long _nowNanos;

    private RequestParameters(IQueryCollection query, IFormCollection? form, DateTimeOffset now) =>
        (_query, _form, _nowNanos) = (query, form, Nanos(now));

    internal static async Task<RequestParameters> ReadAsync(HttpContext context)
    {
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync(context.RequestAborted) : null;
        return new(context.Request.Query, form, context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow());
    }

    internal static long Nanos(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks * 100;

    /// <summary>The first value, the form's before the address's; "" when there is none.</summary>
    internal string this[string name] => All(name).FirstOrDefault() ?? "";

    internal IEnumerable<string> All(string name) =>
        (_form?[name] ?? StringValues.Empty).Concat(_query[name]).Select(v => v ?? "");

    internal string Query => this["query"];

    internal bool Backward => this["direction"].ToUpperInvariant() switch
    {
        "" or "BACKWARD" => true,
        "FORWARD" => false,
        _ => throw LokiException.BadRequest($"invalid direction '{this["direction"]}'"),
    };

    internal int Limit(int defaultLimit = DefaultLimit, string name = "limit")
    {
        if (this[name] is not { Length: > 0 } text)
            return defaultLimit;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var limit))
            throw LokiException.BadRequest($"strconv.Atoi: parsing {GoText.Quote(text)}: invalid syntax");
        return limit > 0 ? (int)Math.Min(limit, int.MaxValue) : throw LokiException.BadRequest("limit must be a positive value");
    }

    /// <summary>The instant of an instant query, in nanoseconds.</summary>
    internal long Time => Timestamp("time", _nowNanos);

    /// <summary>The time range, in nanoseconds: the hour before <c>end</c>, or before now where <c>end</c> lies in the future.</summary>
    internal (long Start, long End) Bounds()
    {
        var since = GoDuration.Hour;
        if (this["since"] is { Length: > 0 } text && !GoDuration.TryParsePrometheus(text, out since, out var error))
            throw LokiException.BadRequest($"could not parse 'since' parameter: {error}");
        var end = Named("end", _nowNanos);
        var start = Named("start", Math.Min(end, _nowNanos) - since);
        return (start, end);

        long Named(string name, long defaultValue)
        {
            try
            {
                return Timestamp(name, defaultValue);
            }
            catch (LokiException e)
            {
                throw LokiException.BadRequest($"could not parse '{name}' parameter: {e.Message}");
            }
        }
    }

    /// <summary>The range, as <see cref="Bounds"/>, when it does not end before it begins.</summary>
    internal (long Start, long End) OrderedBounds()
    {
        var (start, end) = Bounds();
        return end < start ? throw LokiException.BadRequest("end timestamp must not be before or equal to start time") : (start, end);
    }

    /// <summary>Nanoseconds between two steps: by default a 250th of the range, in whole seconds, one at least.</summary>
    internal long Step(long start, long end)
    {
        var step = this["step"].Length > 0
            ? SecondsOrDuration("step")
            : (long)Math.Max(Math.Floor((end - start) / 1e9 / 250), 1) * GoDuration.Second;
        if (step <= 0)
            throw LokiException.BadRequest("zero or negative query resolution step widths are not accepted. Try a positive integer");
        if ((end - start) / step > MaxPoints)
            throw LokiException.BadRequest("exceeded maximum resolution of 11,000 points per time series. Try increasing the value of the step parameter");
        return step;
    }

    internal long Interval()
    {
        var interval = this["interval"].Length > 0 ? SecondsOrDuration("interval") : 0;
        return interval >= 0 ? interval : throw LokiException.BadRequest("interval must be >= 0");
    }

    private long SecondsOrDuration(string name)
    {
        var text = this[name];
        if (GoText.TryParseFloat(text, out var seconds))
        {
            return Math.Abs(seconds) < long.MaxValue / 1e9
                ? (long)(seconds * 1e9)
                : throw LokiException.BadRequest($"cannot parse {GoText.Quote(text)} to a valid duration. It overflows int64");
        }
        return GoDuration.TryParsePrometheus(text, out var nanos, out _)
            ? nanos
            : throw LokiException.BadRequest($"cannot parse {GoText.Quote(text)} to a valid duration");
    }

    /// <summary>Unix seconds with a point or up to ten digits, Unix nanoseconds, or RFC 3339.</summary>
    private long Timestamp(string name, long defaultValue)
    {
        if (this[name] is not { Length: > 0 } text)
            return defaultValue;
        if (text.Contains('.', StringComparison.Ordinal) && GoText.TryParseFloat(text, out var seconds) && Math.Abs(seconds) < long.MaxValue / 1e9)
        {
            var whole = Math.Truncate(seconds);
            return ((long)whole * GoDuration.Second) + (long)(Math.Round((seconds - whole) * 1000, MidpointRounding.AwayFromZero) / 1000 * 1e9);
        }
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            return text.Length <= 10 ? number * GoDuration.Second : number;
        return Rfc3339.TryParse(text, out var nanos) ? nanos : throw LokiException.BadRequest($"strconv.ParseInt: parsing {GoText.Quote(text)}: invalid syntax");
    }
}

/// <summary>Times as <c>2026-11-24T09:08:36.123456789Z</c>.</summary>
internal static class Rfc3339
{
    internal static bool TryParse(string text, out long nanos)
    {
        nanos = 0;
        if (text.Length < 20 || text[10] is not 'T' || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            return false;
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var digits = point < 0 ? "" : new string([.. text.Skip(point + 1).TakeWhile(char.IsAsciiDigit)]);
        if (digits.Length == 0)
        {
            nanos = RequestParameters.Nanos(time);
            return true;
        }
        // A tick is 100 ns, and .NET rounds to it: so the fraction is read apart.
        var whole = DateTimeOffset.Parse(text.Remove(point, digits.Length + 1), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        nanos = RequestParameters.Nanos(whole) + long.Parse(digits.PadRight(9, '0')[..9], CultureInfo.InvariantCulture);
        return true;
    }
}
