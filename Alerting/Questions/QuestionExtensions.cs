using AgentSystem.ServiceDefaults.Security;

namespace AgentSystem.Alerting.Questions;

/// <summary>Registers what tells people of questions.</summary>
internal static class QuestionExtensions
{
    internal static void AddQuestions(this IHostApplicationBuilder builder)
    {
        builder.Services.AddHttpClient(QuestionWatch.Client).AddApiKey();
        builder.Services.AddHostedService<QuestionWatch>();
    }
}
