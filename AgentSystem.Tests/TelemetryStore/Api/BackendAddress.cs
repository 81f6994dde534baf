namespace AgentSystem.Tests.TelemetryStore.Api;

/// <summary>Where a backend is that the suites are to judge, from the environment.</summary>
internal static class BackendAddress
{
    /// <summary>The address in a variable; null when it is not set.</summary>
    /// <exception cref="InvalidOperationException">It is set to something else.</exception>
    public static Uri? Of(string variable) => Of(variable, Environment.GetEnvironmentVariable(variable));

    internal static Uri? Of(string variable, string? value) => string.IsNullOrEmpty(value) ? null
        : Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url
        : throw new InvalidOperationException($"{variable} is '{value}'; it has to be like http://localhost:4318.");

    /// <summary>
    /// Two addresses of one backend. Nothing that is sent to one program is found in another, so ours takes no half of it.
    /// </summary>
    /// <exception cref="InvalidOperationException">One of the two is missing.</exception>
    public static (Uri First, Uri Second)? Both(string first, string second) => Both((first, Of(first)), (second, Of(second)));

    internal static (Uri First, Uri Second)? Both((string Name, Uri? Url) first, (string Name, Uri? Url) second) => (first.Url, second.Url) switch
    {
        (null, null) => null,
        ({ } one, { } other) => (one, other),
        var (one, _) => throw new InvalidOperationException(
            $"{(one is null ? second.Name : first.Name)} is set, and {(one is null ? first.Name : second.Name)} is not. These tests send traces to one and ask the "
            + "other for them: set both, or neither to judge our own store."),
    };
}
