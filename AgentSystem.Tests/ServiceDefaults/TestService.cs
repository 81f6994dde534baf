using System.Collections.Concurrent;
using System.Diagnostics;
using AgentSystem.Protocol.Api;
using AgentSystem.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Trace;
using Prometheus;
using Serilog.Core;
using Serilog.Events;

namespace AgentSystem.Tests.ServiceDefaults;

/// <summary>A service with nothing but its defaults, on a loopback port, with metrics, spans and log lines of its own to look at.</summary>
internal sealed class TestService : IAsyncDisposable
{
    internal const string Key = "a long and random text";

    private TestService(WebApplication app, Recorder recorder)
    {
        App = app;
        Recorder = recorder;
        // No propagator, no spans: the test is not part of what it watches.
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ActivityHeadersPropagator = null };
        Client = new(handler) { BaseAddress = new(app.Urls.Single()) };
    }

    internal WebApplication App { get; }

    internal Recorder Recorder { get; }

    /// <summary>A client without the key.</summary>
    internal HttpClient Client { get; }

    /// <summary>Spans of the requests that this service has served; those of other tests in this process are recorded too.</summary>
    internal IReadOnlyList<Activity> Requests =>
        [.. Recorder.Spans.Ended.Where(s => s.Kind == ActivityKind.Server && Equals(s.GetTagItem("server.port"), Client.BaseAddress!.Port))];

    internal T Get<T>() where T : notnull => App.Services.GetRequiredService<T>();

    internal static async Task<TestService> StartAsync(
        Dictionary<string, string?>? configuration = null, Action<WebApplicationBuilder>? configure = null, Action<WebApplication>? map = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Testing" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["API_KEY"] = Key });
        builder.Configuration.AddInMemoryCollection(configuration ?? []);
        var recorder = new Recorder();
        builder.Services.AddSingleton(Metrics.NewCustomRegistry());
        builder.Services.AddSingleton<ILogEventSink>(recorder);
        builder.Services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddProcessor(recorder.Spans));
        configure?.Invoke(builder);
        builder.AddServiceDefaults();
        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapGet("/closed", () => "opened");
        app.MapPost("/closed", () => "done");
        map?.Invoke(app);
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
        return new(app, recorder);
    }

    internal async Task<HttpResponseMessage> SendAsync(
        string path, HttpMethod? method = null, string? key = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);
        if (key is not null)
            request.Headers.Add(ConnectionFile.ApiKeyHeader, key);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await Client.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.StopAsync();
        await App.DisposeAsync();
    }
}

/// <summary>Everything that a service logs and traces.</summary>
internal sealed class Recorder : ILogEventSink
{
    internal ConcurrentQueue<LogEvent> Lines { get; } = [];

    internal SpanRecorder Spans { get; } = new();

    public void Emit(LogEvent logEvent) => Lines.Enqueue(logEvent);

    internal sealed class SpanRecorder : BaseProcessor<Activity>
    {
        internal ConcurrentQueue<Activity> Ended { get; } = [];

        internal IReadOnlyDictionary<string, object> Resource => ParentProvider.GetResource().Attributes.ToDictionary(a => a.Key, a => a.Value);

        public override void OnEnd(Activity data) => Ended.Enqueue(data);
    }
}
