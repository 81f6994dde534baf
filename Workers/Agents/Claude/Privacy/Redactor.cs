using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AgentSystem.ServiceDefaults.Security;
using AgentSystem.Workers.Configuration;
using Microsoft.Extensions.Options;

namespace AgentSystem.Workers.Agents.Claude.Privacy;

/// <summary>
/// Takes out of texts what must not be kept: keys, tokens, e-mail addresses, what configuration names besides, and this process's own secrets.
/// </summary>
public sealed partial class Redactor
{
    /// <summary>What stands where something was taken out.</summary>
    public const string Mask = "[redacted]";

    private const int ShortestSecret = 4;
    private readonly Regex[] _patterns;
    private readonly string[] _secrets;

    public Redactor(IOptions<ClaudeOptions> claude, IOptions<ApiKeyOptions> apiKey)
        : this(claude.Value.RedactPatterns, [claude.Value.ApiKey, apiKey.Value.Key])
    {
    }

    internal Redactor(IEnumerable<string> patterns, IEnumerable<string> secrets)
    {
        _patterns = [PrivateKeys(), Tokens(), Assignments(), Addresses(), .. patterns.Select(Compile)];
        _secrets = [.. secrets.Where(s => s.Length >= ShortestSecret).OrderByDescending(s => s.Length)];
    }

    /// <summary>A pattern of the configuration: linear in the text's length, whatever somebody writes there.</summary>
    /// <exception cref="ArgumentException">It is no regular expression, or looks around.</exception>
    public static Regex Compile(string pattern)
    {
        try
        {
            return new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (NotSupportedException e)
        {
            throw new ArgumentException(e.Message, nameof(pattern), e);
        }
    }

    /// <summary>The text without what must not be kept.</summary>
    public string Redact(string text)
    {
        foreach (var secret in _secrets)
            text = text.Replace(secret, Mask, StringComparison.Ordinal);
        foreach (var pattern in _patterns)
            text = pattern.Replace(text, static match => match.Groups["keep"].Value + Mask);
        return text;
    }

    /// <summary>A copy of the node in which every text and every name is redacted, and what a name such as <c>password</c> calls secret is left out whole.</summary>
    public JsonNode? Redact(JsonNode? node) => node switch
    {
        JsonObject o => new JsonObject(o.Select(p => KeyValuePair.Create(
            Redact(p.Key), SecretName().IsMatch(p.Key) && p.Value is JsonValue ? Mask : Redact(p.Value))).DistinctBy(p => p.Key)),
        JsonArray a => new JsonArray([.. a.Select(Redact)]),
        JsonValue v when v.TryGetValue<string>(out var text) => JsonValue.Create(Redact(text)),
        _ => node?.DeepClone(),
    };

    [GeneratedRegex("-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(-----END [A-Z ]*PRIVATE KEY-----)?")]
    private static partial Regex PrivateKeys();

    // Anthropic, OpenAI, GitHub, Slack, AWS, Google, Stripe, JSON web tokens.
    [GeneratedRegex(
        "\\b(sk-[A-Za-z0-9_-]{16,}|(ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|xox[abposr]-[A-Za-z0-9-]{10,}"
        + "|xapp-[A-Za-z0-9-]{10,}|(AKIA|ASIA)[A-Z0-9]{16}|AIza[A-Za-z0-9_-]{30,}|[sr]k_(live|test)_[A-Za-z0-9]{16,}|eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]*)")]
    private static partial Regex Tokens();

    // password: hunter2 · API_KEY="…" · Authorization: Bearer …
    [GeneratedRegex(
        "(?<keep>\\b[A-Za-z0-9_.-]{0,40}(password|passwd|secret|token|api[_-]?key|authorization)\\b[\"']?\\s{0,3}[:=]\\s{0,3}[\"']?((bearer|basic)\\s+)?)[^\\s\"',;}]{3,}",
        RegexOptions.IgnoreCase)]
    private static partial Regex Assignments();

    [GeneratedRegex("\\b[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\\.[A-Za-z0-9-]{1,63}){1,8}\\b")]
    private static partial Regex Addresses();

    [GeneratedRegex("(password|passwd|secret|token|api[_-]?key|authorization|credential)s?$", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();
}
