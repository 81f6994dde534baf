using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.ResourceService;

/// <summary>
/// Knows the values that are not for people to see: those of secret parameters, and the keys by which the host's own services know their
/// callers. A text that has one in it is shown without.
/// </summary>
internal sealed class Secrets(DistributedApplicationModel model, IConfiguration configuration)
{
    public const string Mask = "••••••";

    // What is shorter is found in innocent texts too, and is masked only where it is all of the text.
    private const int ShortestInText = 4;

    private static readonly string[] Keys = [ResourceServiceHost.ApiKeyKey, "AppHost:OtlpApiKey"];

    /// <summary>The values that are known now, the longest first; a parameter's may come late.</summary>
    public IReadOnlyList<string> Values =>
    [
        .. model.Resources.OfType<ParameterResource>()
            .Where(parameter => parameter.Secret && parameter.Settled is { Task.IsCompletedSuccessfully: true })
            .Select(parameter => parameter.Settled!.Task.Result)
            .Concat(Keys.Select(key => configuration[key]))
            .OfType<string>().Where(value => value.Length > 0)
            .SelectMany(value => (string[])[value, Uri.EscapeDataString(value)]).Distinct()
            .OrderByDescending(value => value.Length),
    ];

    /// <summary>The text with each of <paramref name="secrets"/> replaced.</summary>
    public static string? Hide(string? text, IReadOnlyList<string> secrets)
    {
        if (string.IsNullOrEmpty(text))
            return text;
        foreach (var secret in secrets)
        {
            if (secret == text)
                return Mask;
            if (secret.Length >= ShortestInText)
                text = text.Replace(secret, Mask, StringComparison.Ordinal);
        }

        return text;
    }
}
