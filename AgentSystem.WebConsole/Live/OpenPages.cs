namespace AgentSystem.WebConsole.Live;

/// <summary>The connections of the pages that are open in browsers.</summary>
internal static class OpenPages
{
    private const string Path = "/_blazor";

    /// <summary>
    /// Has them end with the host. The server closes those that there are when it stops, but a browser connects again at once, and a connection
    /// that comes then would be waited for until the host's patience is over.
    /// </summary>
    internal static void UseEndOfOpenPages(this WebApplication app) => app.Use(async (context, next) =>
    {
        if (!context.Request.Path.StartsWithSegments(Path, StringComparison.Ordinal))
        {
            await next(context);
            return;
        }
        // At once where it stops already.
        await using var end = app.Lifetime.ApplicationStopping.Register(context.Abort);
        await next(context);
    });
}
