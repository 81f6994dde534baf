using AgentSystem.WebConsole.Access;
using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Dashboards;
using AgentSystem.WebConsole.Live;
using AgentSystem.WebConsole.Logs;
using AgentSystem.WebConsole.Navigation;
using AgentSystem.WebConsole.Overview;
using AgentSystem.WebConsole.Resources;
using AgentSystem.WebConsole.Runbooks;
using AgentSystem.WebConsole.Tasks;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.FluentUI.AspNetCore.Components;

namespace AgentSystem.WebConsole;

/// <summary>Puts the console together.</summary>
public static class WebConsoleExtensions
{
    // What is written into a field is one message, which has it twice: the longest text of a task, however it is escaped.
    private const int MaxMessageBytes = 16 << 20;

    /// <summary>Adds the pages, what they read from, and who may see them.</summary>
    public static WebApplicationBuilder AddWebConsole(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        // Scripts and styles of packages are files of a build until it is published.
        builder.WebHost.UseStaticWebAssets();
        builder.AddConsoleAccess();
        builder.AddBackends();
        builder.AddLiveData();
        builder.AddDashboards();
        builder.AddRunbooks();
        builder.AddOverview();
        builder.AddTasks();
        builder.AddLogs();
        builder.Services.AddSingleton(NavigationEntries.In(typeof(WebConsoleExtensions).Assembly));
        builder.Services.AddRazorComponents().AddInteractiveServerComponents().AddHubOptions(hub => hub.MaximumReceiveMessageSize = MaxMessageBytes);
        // What the keys protect does not outlive the process, so they need no folder.
        builder.Configuration["Serilog:MinimumLevel:Override:Microsoft.AspNetCore.DataProtection"] ??= "Error";
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddFluentUIComponents();
        return builder;
    }

    /// <summary>Maps the pages and the login before them.</summary>
    public static WebApplication MapWebConsole(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseEndOfOpenPages();
        app.UseSecurityHeaders();
        app.UseStatusCodePagesWithReExecute("/not-found");
        // By name, since they would stand before the headers otherwise, and send people to the login without them.
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.MapStaticAssets().AllowAnonymous();
        app.MapConsoleLogin();
        app.MapOutputDownload();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
        return app;
    }
}
