using System.Net;
using System.Net.Sockets;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace AgentSystem.Tests.Hosting;

internal static class Hosts
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    // What a process gets must not depend on the certificates of whoever runs the tests.
    private const string NoCertificates = "--ASPIRE_DEVELOPER_CERTIFICATE_DEFAULT_TRUST=false";

    /// <summary>Describes a small application of a test's own. It is the AppHost's for the engine, as Aspire finds its tools by that.</summary>
    public static IDistributedApplicationBuilder Builder(params string[] args) => DistributedApplication.CreateBuilder(
        new DistributedApplicationOptions { Args = [NoCertificates, .. args], AssemblyName = typeof(Projects.AgentSystem_AppHost).Assembly.GetName().Name, DisableDashboard = true });

    public static async Task<DistributedApplication> StartAsync(this IDistributedApplicationBuilder builder)
    {
        var app = builder.Build();
        try
        {
            await app.StartAsync().WaitAsync(Limit);
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until a replica of the resource is in the state.</summary>
    public static Task<ResourceEvent> UntilAsync(this DistributedApplication app, string resource, string state) => app.UntilAsync(resource, e => e.Snapshot.State?.Text == state);

    /// <summary>Waits until a replica of the resource is so.</summary>
    public static Task<ResourceEvent> UntilAsync(this DistributedApplication app, string resource, Func<ResourceEvent, bool> condition) =>
        app.ResourceNotifications.WaitForResourceAsync(resource, condition).WaitAsync(Limit);

    /// <summary>What a resource has said so far, without the times.</summary>
    public static async Task<string> LogOfAsync(this DistributedApplication app, string resource)
    {
        var said = new List<string>();
        await foreach (var lines in app.Services.GetRequiredService<ResourceLoggerService>().GetAllAsync(app.Resource(resource)))
            said.AddRange(lines.Select(Said));
        return string.Join('\n', said);
    }

    /// <summary>A line without its time.</summary>
    public static string Said(LogLine line) => line.Content[(line.Content.IndexOf(' ', StringComparison.Ordinal) + 1)..];

    public static IResource Resource(this DistributedApplication app, string name) =>
        app.Services.GetRequiredService<DistributedApplicationModel>().Resources.Single(resource => resource.Name == name);

    /// <summary>The variables that a running resource got from its host.</summary>
    public static async Task<Dictionary<string, string?>> EnvironmentAsync(this DistributedApplication app, string resource) =>
        (await app.UntilAsync(resource, e => e.Snapshot.StartTimeStamp is not null && e.Snapshot.EnvironmentVariables.Length > 0)).Snapshot.EnvironmentVariables
        .Where(variable => variable.IsFromSpec).ToDictionary(variable => variable.Name, variable => variable.Value);

    /// <summary>The variables that a resource gets, unresolved.</summary>
    public static async Task<Dictionary<string, object>> VariablesAsync(this IResource resource)
    {
        var context = new EnvironmentCallbackContext(new(DistributedApplicationOperation.Run), resource);
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
            await annotation.Callback(context);
        return context.EnvironmentVariables;
    }

    /// <summary>A port that nobody listens on just now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
