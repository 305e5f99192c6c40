from django.db import models


class Price(models.Model):
    ticker = models.CharField(max_length=10)
    day = models.DateField()
    close = models.DecimalField(max_digits=12, decimal_places=4)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["ticker", "day"], name="one_price_a_day"),)

    def __str__(self) -> str:
        return f"{self.ticker} {self.day}"
