using System.Globalization;
using AgentSystem.TelemetryStore.Otlp;

namespace AgentSystem.TelemetryStore.Traces;

/// <summary>
/// The words under which the full-text index finds spans: a hash of an operation's name, of each attribute with its value as text, and
/// one word for failure. What the index finds is looked at again, so two things of one hash do no harm.
/// </summary>
internal static class SpanTerms
{
    /// <summary>The word of spans that failed.</summary>
    internal const string Failed = "failed";

    private const string Digits = "abcdefghijklmnopqrstuvwxyz234567";

    internal static string Operation(string name) => Hash(name, "\0operation");

    internal static string Attribute(string key, string value) => Hash(key, value);

    /// <summary>The word of a resource, by its number in the store.</summary>
    internal static string Resource(long id) => string.Create(CultureInfo.InvariantCulture, $"r0{id}");

    /// <summary>Adds the words of a span with its scope.</summary>
    internal static void Add(HashSet<string> terms, Span span, Scope scope)
    {
        terms.Add(Operation(SpanRules.NameOf(span)));
        if (span.Status == StatusCode.Error)
            terms.Add(Failed);
        Add(terms, span.Attributes);
        Add(terms, scope.Attributes);
        foreach (var happened in span.Events)
            Add(terms, happened.Attributes);
        foreach (var link in span.Links)
            Add(terms, link.Attributes);
    }

    private static void Add(HashSet<string> terms, KeyValue[] attributes)
    {
        foreach (var (key, value) in attributes)
            terms.Add(Attribute(key, value.ToString()));
    }

    // FNV-1a over both texts with a separator, then fifty bits in ten letters and digits.
    private static string Hash(string key, string value)
    {
        var hash = Add(Add(14695981039346656037, key) * 31 + 1, value);
        hash ^= hash >> 32;
        hash *= 0x9E3779B97F4A7C15;
        return string.Create(10, hash, static (text, hash) =>
        {
            for (var i = 0; i < text.Length; i++)
                text[i] = Digits[(int)(hash >> (14 + 5 * i) & 31)];
        });
    }

    private static ulong Add(ulong hash, string text)
    {
        foreach (var c in text)
            hash = (hash ^ c) * 1099511628211;
        return hash;
    }
}
