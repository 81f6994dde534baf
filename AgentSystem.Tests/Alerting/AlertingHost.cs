using System.Net.Http.Headers;
using System.Threading.Channels;
using AgentSystem.Alerting.Webhook;
using AgentSystem.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Prometheus;

namespace AgentSystem.Tests.Alerting;

/// <summary>The alerting service on a real socket, with its log events in a channel and counters of its own.</summary>
internal sealed class AlertingHost : IAsyncDisposable
{
    public const string ApiKey = "alerting-test-key";

    private readonly WebApplication _app;

    private AlertingHost()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration["API_KEY"] = ApiKey;
        builder.Configuration["urls"] = "http://127.0.0.1:0";
        builder.Services.AddSingleton(Metrics.NewCustomRegistry());
        builder.AddServiceDefaults();
        builder.AddAlertmanagerWebhook();
        builder.Services.AddSingleton<ILoggerFactory>(new EventLoggerFactory(Events.Writer));
        _app = builder.Build();
        _app.MapDefaultEndpoints();
        _app.MapAlertmanagerWebhook();
    }

    /// <summary>What the webhook logged: the event's name and its properties.</summary>
    public Channel<(string Name, IReadOnlyDictionary<string, object?> Properties)> Events { get; } =
        Channel.CreateUnbounded<(string, IReadOnlyDictionary<string, object?>)>();

    public string Url => _app.Urls.Single();

    public static async Task<AlertingHost> StartAsync()
    {
        var host = new AlertingHost();
        await host._app.StartAsync();
        return host;
    }

    public HttpClient NewClient(string? apiKey = ApiKey)
    {
        var client = new HttpClient { BaseAddress = new Uri(Url) };
        if (apiKey is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
        return client;
    }

    public async Task<(string Name, IReadOnlyDictionary<string, object?> Properties)> NextEventAsync(TimeSpan bound)
    {
        using var timeout = new CancellationTokenSource(bound);
        return await Events.Reader.ReadAsync(timeout.Token);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private sealed class EventLoggerFactory(ChannelWriter<(string, IReadOnlyDictionary<string, object?>)> events) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => new EventLogger(events, categoryName.StartsWith("AgentSystem.Alerting", StringComparison.Ordinal));

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Dispose()
        {
        }
    }

    private sealed class EventLogger(ChannelWriter<(string, IReadOnlyDictionary<string, object?>)> events, bool enabled) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => enabled;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (enabled && state is IReadOnlyList<KeyValuePair<string, object?>> properties)
                events.TryWrite((eventId.Name!, properties.ToDictionary(p => p.Key, p => p.Value)));
        }
    }
}
