"""A linear classifier of handwritten digits, by scikit-learn; a report for each pass over the data."""
import tuner
from sklearn.datasets import load_digits
from sklearn.linear_model import SGDClassifier
from sklearn.model_selection import train_test_split

config = tuner.config()
x, y = load_digits(return_X_y=True)
x, x_test, y, y_test = train_test_split(x / 16, y, random_state=0)
model = SGDClassifier(alpha=config.get("alpha", 1e-4), penalty=config.get("penalty", "l2"), random_state=0)
for epoch in range(15):
    model.partial_fit(x, y, classes=range(10))
    tuner.report(accuracy=model.score(x_test, y_test))
