using AgentSystem.Alerting.Incidents;
using AgentSystem.Protocol.Api;
using Microsoft.Extensions.Options;

namespace AgentSystem.Alerting.Questions;

/// <summary>
/// Looks which questions agents ask people, and has each told where people are: once when it is asked, and again, in the same place, when it is answered
/// or over. What was told is kept with the message, in one transaction, so that a restart tells nothing twice.
/// </summary>
internal sealed class QuestionWatch(
    IncidentStore store, IHttpClientFactory clients, IConfiguration configuration, IOptions<AlertingOptions> options, TimeProvider time,
    ILogger<QuestionWatch> logger) : BackgroundService
{
    /// <summary>Name of the client of the orchestrator's API, and of the variable that has its address.</summary>
    internal const string Client = "questions", AddressVariable = "ORCHESTRATOR_URL";

    private bool _isDown;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (configuration[AddressVariable] is not { Length: > 0 } address)
        {
            logger.QuestionsOff(AddressVariable);
            return;
        }
        using var timer = new PeriodicTimer(options.Value.QuestionInterval, time);
        try
        {
            do
                await LookAsync(address, stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
    }

    private async Task LookAsync(string address, CancellationToken cancellationToken)
    {
        try
        {
            using var client = clients.CreateClient(Client);
            var list = await client.GetFromJsonAsync(new Uri($"{address.TrimEnd('/')}/questions"), ApiJson.Default.QuestionList, cancellationToken);
            await TellAsync(list?.Questions ?? [], cancellationToken);
            if (_isDown)
                logger.QuestionsBack();
            _isDown = false;
        }
        // The client's resilience has exceptions of its own; whatever it is, there is no answer, and the next look has it.
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            if (!_isDown)
                logger.QuestionsUnknown(address, e.Message);
            _isDown = true;
        }
    }

    private async Task TellAsync(IReadOnlyList<Question> newestFirst, CancellationToken cancellationToken)
    {
        var told = await store.ReadAsync(session => newestFirst.ToDictionary(q => q.Id, q => session.ToldState(q)), cancellationToken);
        var news = newestFirst.Where(q => told[q.Id] is { } state ? state != q.State : q.State == "open").Reverse().ToList();
        if (news.Count > 0)
            await store.ChangeAsync(session => news.Count(session.Tell), cancellationToken);
    }
}
