using System.Net.Http.Headers;
using System.Threading.Channels;
using AgentSystem.Alerting;
using AgentSystem.ServiceDefaults;
using AgentSystem.Tests.Support;
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
    private readonly TempFolder _folder = new();
    private readonly Channel<(string Name, IReadOnlyDictionary<string, object?> Properties)> _ofQuestions =
        Channel.CreateUnbounded<(string, IReadOnlyDictionary<string, object?>)>();

    private AlertingHost(IEnumerable<(string Name, string Value)> settings)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration["API_KEY"] = ApiKey;
        builder.Configuration["urls"] = "http://127.0.0.1:0";
        builder.Configuration["ALERTING_DB"] = _folder["incidents.db"];
        foreach (var (name, value) in settings)
            builder.Configuration[name] = value;
        builder.Services.AddSingleton(Metrics.NewCustomRegistry());
        builder.AddServiceDefaults();
        builder.AddAlerting();
        builder.Services.AddSingleton<ILoggerFactory>(new EventLoggerFactory(Events.Writer, _ofQuestions.Writer));
        _app = builder.Build();
        _app.MapDefaultEndpoints();
        _app.MapAlerting();
    }

    /// <summary>What the webhook logged: the event's name and its properties.</summary>
    public Channel<(string Name, IReadOnlyDictionary<string, object?> Properties)> Events { get; } =
        Channel.CreateUnbounded<(string, IReadOnlyDictionary<string, object?>)>();

    public string Url => _app.Urls.Single();

    public T Get<T>() where T : notnull => _app.Services.GetRequiredService<T>();

    public static async Task<AlertingHost> StartAsync(params (string Name, string Value)[] settings)
    {
        var host = new AlertingHost(settings);
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

    /// <summary>Waits until the watch of questions has logged an event of this name.</summary>
    public async Task LoggedAsync(string name)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while ((await _ofQuestions.Reader.ReadAsync(timeout.Token)).Name != name)
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    private sealed class EventLoggerFactory(
        ChannelWriter<(string, IReadOnlyDictionary<string, object?>)> ofWebhook, ChannelWriter<(string, IReadOnlyDictionary<string, object?>)> ofQuestions) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => new EventLogger(
            categoryName.StartsWith("AgentSystem.Alerting.Webhook", StringComparison.Ordinal) ? ofWebhook
            : categoryName.StartsWith("AgentSystem.Alerting.Questions", StringComparison.Ordinal) ? ofQuestions : null);

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Dispose()
        {
        }
    }

    private sealed class EventLogger(ChannelWriter<(string, IReadOnlyDictionary<string, object?>)>? events) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => events is not null;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (events is not null && state is IReadOnlyList<KeyValuePair<string, object?>> properties)
                events.TryWrite((eventId.Name!, properties.ToDictionary(p => p.Key, p => p.Value)));
        }
    }
}
